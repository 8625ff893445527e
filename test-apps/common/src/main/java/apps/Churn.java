package apps;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Opens, writes, reads and closes files, sockets and selectors as fast as it can, and looks whether
 * each byte is where it was written.
 */
final class Churn implements Runnable {

  private static final int SIZE = 64;

  private final StateDirectory state;
  private final String name;
  private final AtomicLong rounds;

  /**
   * @param rounds counts those that went well
   */
  Churn(StateDirectory state, String name, AtomicLong rounds) {
    this.state = state;
    this.name = name;
    this.rounds = rounds;
  }

  @Override
  public void run() {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocketChannel server =
        ServerSocketChannel.open().bind(new InetSocketAddress(loopback, 0))) {
      for (long round = 0; !Thread.currentThread().isInterrupted(); round++) {
        byte[] text =
            String.format("%-" + SIZE + "s", name + " " + round)
                .getBytes(StandardCharsets.US_ASCII);
        throughFile(text);
        throughSocket(server, text);
        rounds.incrementAndGet();
      }
    } catch (IOException | RuntimeException unexpected) {
      state.append("mixed-up", name + ": " + unexpected);
    }
  }

  private void throughFile(byte[] text) throws IOException {
    File path = state.path("churn-" + name).toFile();
    try (RandomAccessFile file = new RandomAccessFile(path, "rw")) {
      file.setLength(0);
      file.write(text);
    }
    byte[] found = new byte[SIZE + 1];
    try (RandomAccessFile file = new RandomAccessFile(path, "r")) {
      compare("file", text, found, Math.max(0, file.read(found)));
    }
  }

  private void throughSocket(ServerSocketChannel server, byte[] text) throws IOException {
    try (Selector selector = Selector.open();
        SocketChannel client = SocketChannel.open(server.getLocalAddress());
        SocketChannel accepted = server.accept()) {
      client.write(ByteBuffer.wrap(text));
      accepted.configureBlocking(false);
      accepted.register(selector, SelectionKey.OP_READ);
      ByteBuffer found = ByteBuffer.allocate(SIZE + 1);
      while (found.position() < SIZE) {
        selector.select();
        selector.selectedKeys().clear();
        if (accepted.read(found) < 0) {
          break;
        }
      }
      compare("socket", text, found.array(), found.position());
    }
  }

  private void compare(String where, byte[] written, byte[] found, int length) {
    String expected = new String(written, StandardCharsets.US_ASCII);
    String got = new String(found, 0, length, StandardCharsets.US_ASCII);
    if (!expected.equals(got)) {
      state.append(
          "mixed-up", name + ": wrote '" + expected + "' into a " + where + ", read '" + got + "'");
    }
  }
}
