package apps.jdk;

import apps.App;
import apps.jdk.http.Dialogue;
import apps.jdk.http.Step;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/** {@code AsynchronousServerSocketChannel}: completion handlers all the way. */
final class AsynchronousApp implements CompletionHandler<AsynchronousSocketChannel, Void> {

  private static final int THREADS = 4;

  private final AsynchronousServerSocketChannel server =
      AsynchronousServerSocketChannel.open(
          AsynchronousChannelGroup.withFixedThreadPool(THREADS, Executors.defaultThreadFactory()));
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
  private final App app;

  AsynchronousApp(InetSocketAddress address, App app) throws IOException {
    this.app = app;
    server.bind(address, Main.BACKLOG);
  }

  void start() {
    server.accept(null, this);
  }

  @Override
  public void completed(AsynchronousSocketChannel channel, Void nothing) {
    server.accept(null, this);
    new Connection(channel).start();
  }

  @Override
  public void failed(Throwable cause, Void nothing) {
    if (server.isOpen()) {
      server.accept(null, this);
    }
  }

  private final class Connection {

    private final AsynchronousSocketChannel channel;
    private final Dialogue dialogue;
    private final ByteBuffer in = ByteBuffer.allocate(16 * 1024);
    private final Then read = new Then(this::received);
    private final Then written = new Then(this::sent);
    private ByteBuffer out;

    Connection(AsynchronousSocketChannel channel) {
      this.channel = channel;
      this.dialogue = new Dialogue(app, () -> PeerPort.of(channel));
      in.flip();
    }

    void start() {
      try {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        proceed();
      } catch (IOException e) {
        close();
      }
    }

    private void proceed() {
      Step step = dialogue.next(in);
      if (step != null) {
        out = step.bytes;
        write(step.pauseMillis);
      } else if (dialogue.isOver()) {
        close();
      } else {
        in.clear();
        channel.read(in, null, read);
      }
    }

    private void write(long pauseMillis) {
      if (pauseMillis == 0) {
        channel.write(out, null, written);
      } else {
        timer.schedule(() -> channel.write(out, null, written), pauseMillis, TimeUnit.MILLISECONDS);
      }
    }

    private void received(int n) {
      in.flip();
      if (n < 0) {
        close();
      } else {
        proceed();
      }
    }

    private void sent(int n) {
      if (out.hasRemaining()) {
        channel.write(out, null, written);
      } else {
        proceed();
      }
    }

    private void close() {
      try {
        channel.close();
      } catch (IOException e) {
        // The client is gone, and so is the channel.
      }
    }

    private final class Then implements CompletionHandler<Integer, Void> {

      private final IntConsumer action;

      Then(IntConsumer action) {
        this.action = action;
      }

      @Override
      public void completed(Integer n, Void nothing) {
        action.accept(n);
      }

      @Override
      public void failed(Throwable cause, Void nothing) {
        close();
      }
    }
  }
}
