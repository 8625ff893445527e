package apps.jdk;

import apps.App;
import apps.jdk.http.Dialogue;
import apps.jdk.http.Step;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * One thread with one selector that accepts, reads and writes; a timer wakes it for slow answers.
 */
final class SelectorApp {

  private final Selector selector = Selector.open();
  private final ServerSocketChannel server;
  private final Queue<Connection> due = new ConcurrentLinkedQueue<>();
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1, this::daemon);
  private final App app;

  SelectorApp(ServerSocketChannel server, InetSocketAddress address, int backlog, App app)
      throws IOException {
    this.server = server;
    this.app = app;
    server.configureBlocking(false);
    server.bind(address, backlog);
  }

  void run() throws IOException {
    server.register(selector, SelectionKey.OP_ACCEPT);
    while (server.isOpen()) {
      selector.select();
      for (Connection connection = due.poll(); connection != null; connection = due.poll()) {
        connection.proceed();
      }
      for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext(); ) {
        SelectionKey key = keys.next();
        keys.remove();
        if (!key.isValid()) {
          continue;
        }
        if (key.isAcceptable()) {
          accept();
        } else if (key.isReadable()) {
          ((Connection) key.attachment()).read();
        } else {
          ((Connection) key.attachment()).proceed();
        }
      }
    }
  }

  private void accept() throws IOException {
    SocketChannel channel = server.accept();
    if (channel != null) {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.register(selector, SelectionKey.OP_READ).attach(new Connection(channel));
    }
  }

  private Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "timer");
    thread.setDaemon(true);
    return thread;
  }

  private final class Connection {

    private final SocketChannel channel;
    private final Dialogue dialogue;
    private final ByteBuffer in = ByteBuffer.allocate(16 * 1024);
    private ByteBuffer out = ByteBuffer.allocate(0);

    Connection(SocketChannel channel) {
      this.channel = channel;
      this.dialogue = new Dialogue(app, () -> PeerPort.of(channel));
      in.flip();
    }

    /** Reads once, so that nobody's upload keeps the others waiting. */
    void read() {
      try {
        in.clear();
        int n = channel.read(in);
        in.flip();
        if (n < 0) {
          close();
        } else {
          proceed();
        }
      } catch (IOException e) {
        close();
      }
    }

    void proceed() {
      try {
        if (!writeAnswers()) {
          return;
        }
        if (dialogue.isOver()) {
          close();
        } else {
          waitFor(SelectionKey.OP_READ);
        }
      } catch (IOException e) {
        close();
      }
    }

    /** Writes what it can; false if the rest must wait for the client or for its time. */
    private boolean writeAnswers() throws IOException {
      for (; ; ) {
        channel.write(out);
        if (out.hasRemaining()) {
          waitFor(SelectionKey.OP_WRITE);
          return false;
        }
        Step step = dialogue.next(in);
        if (step == null) {
          return true;
        }
        out = step.bytes;
        if (step.pauseMillis > 0) {
          waitFor(0);
          timer.schedule(this::wake, step.pauseMillis, TimeUnit.MILLISECONDS);
          return false;
        }
      }
    }

    private void wake() {
      due.add(this);
      selector.wakeup();
    }

    private void waitFor(int operations) {
      channel.keyFor(selector).interestOps(operations);
    }

    private void close() {
      try {
        channel.close();
      } catch (IOException e) {
        // The client is gone, and so is the channel.
      }
    }
  }
}
