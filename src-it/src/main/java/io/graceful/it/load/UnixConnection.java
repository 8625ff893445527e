package io.graceful.it.load;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A UNIX domain connection: a non-blocking channel with a selector, since blocking channels can't
 * time out.
 */
final class UnixConnection extends Connection {
  private static final ScheduledExecutorService WATCHDOG =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "load-unix-connect-watchdog");
            thread.setDaemon(true);
            return thread;
          });

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private int readMillis;

  private UnixConnection(SocketChannel channel, int readMillis) throws IOException {
    this.channel = channel;
    this.readMillis = readMillis;
    channel.configureBlocking(false);
    selector = Selector.open();
    key = channel.register(selector, SelectionKey.OP_READ);
  }

  static UnixConnection open(Path path, int connectMillis, int readMillis) throws RequestFailed {
    SocketChannel channel = null;
    try {
      channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      connect(channel, path, connectMillis);
      return new UnixConnection(channel, readMillis);
    } catch (IOException e) {
      closeQuietly(channel);
      throw RequestFailed.connecting(e);
    }
  }

  /**
   * A blocking connect waits in the kernel while the accept queue is full (unix(7)); closing the
   * channel is what ends it.
   */
  private static void connect(SocketChannel channel, Path path, int millis) throws IOException {
    ScheduledFuture<?> giveUp =
        WATCHDOG.schedule(() -> closeQuietly(channel), millis, TimeUnit.MILLISECONDS);
    try {
      channel.connect(UnixDomainSocketAddress.of(path));
    } catch (ClosedChannelException e) {
      SocketTimeoutException timeout =
          new SocketTimeoutException("not connected after " + millis + " ms");
      timeout.initCause(e);
      throw timeout;
    } finally {
      giveUp.cancel(false);
    }
  }

  @Override
  InputStream rawInput() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
        int n;
        while ((n = channel.read(buffer)) == 0) {
          await(SelectionKey.OP_READ, "no byte");
        }
        return n;
      }
    };
  }

  @Override
  OutputStream output() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
        while (buffer.hasRemaining()) {
          if (channel.write(buffer) == 0) {
            await(SelectionKey.OP_WRITE, "nothing taken");
          }
        }
      }
    };
  }

  private void await(int operation, String complaint) throws IOException {
    key.interestOps(operation);
    if (selector.select(readMillis) == 0) {
      throw new SocketTimeoutException(complaint + " for " + readMillis + " ms");
    }
    selector.selectedKeys().clear();
  }

  @Override
  void readTimeout(int millis) {
    readMillis = millis;
  }

  @Override
  int readTimeout() {
    return readMillis;
  }

  @Override
  String localName() {
    return "unix";
  }

  @Override
  int localPort() {
    return 0;
  }

  @Override
  public void close() {
    closeQuietly(selector);
    closeQuietly(channel);
  }

  private static void closeQuietly(AutoCloseable resource) {
    try {
      if (resource != null) {
        resource.close();
      }
    } catch (Exception e) {
      // The request's fate is known by now; closing can't change it.
    }
  }
}
