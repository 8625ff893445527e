package apps.jdk;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

/** A socket's two streams, for code that knows channels. */
final class SocketStreams implements ByteChannel {

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  SocketStreams(Socket socket) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    int n = in.read(target.array(), target.position(), target.remaining());
    if (n > 0) {
      target.position(target.position() + n);
    }
    return n;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    int n = source.remaining();
    out.write(source.array(), source.position(), n);
    source.position(source.limit());
    return n;
  }

  @Override
  public boolean isOpen() {
    return !socket.isClosed();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
