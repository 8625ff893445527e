package apps.protocols;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** A client on a non-blocking channel: whoever reads or writes waits with a selector. */
final class ChannelClient implements Client {

  private final SocketChannel channel;
  private final int port;
  private final Selector readable = Selector.open();
  private final InputStream in = new BufferedInputStream(new Input());
  private final OutputStream out = new Output();

  ChannelClient(SocketChannel channel) throws IOException {
    this.channel = channel;
    this.port = ((InetSocketAddress) channel.getRemoteAddress()).getPort();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.register(readable, SelectionKey.OP_READ);
  }

  @Override
  public InputStream in() {
    return in;
  }

  @Override
  public OutputStream out() {
    return out;
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    readable.close();
  }

  private final class Input extends InputStream {

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
      int n = channel.read(buffer);
      while (n == 0) {
        await(readable);
        n = channel.read(buffer);
      }
      return n;
    }
  }

  private final class Output extends OutputStream {

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    /** Its own selector, made when needed: another thread may be waiting to read. */
    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
      channel.write(buffer);
      if (buffer.hasRemaining()) {
        try (Selector writable = Selector.open()) {
          channel.register(writable, SelectionKey.OP_WRITE);
          while (buffer.hasRemaining()) {
            await(writable);
            channel.write(buffer);
          }
        }
      }
    }
  }

  private static void await(Selector selector) throws IOException {
    try {
      selector.select();
      selector.selectedKeys().clear();
    } catch (ClosedSelectorException e) {
      throw new ClosedChannelException();
    }
  }
}
