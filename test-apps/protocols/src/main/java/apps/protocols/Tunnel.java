package apps.protocols;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;

/** CONNECT: carries bytes to and from a port of this machine, whatever they mean. */
final class Tunnel {

  private Tunnel() {}

  static void dig(String target, Client client) throws IOException {
    int port = Integer.parseInt(target.substring(target.lastIndexOf(':') + 1));
    try (Socket far = new Socket(InetAddress.getLoopbackAddress(), port)) {
      far.setTcpNoDelay(true);
      HttpConversation.write(client.out(), "HTTP/1.1 200 Connection established\r\n\r\n");
      InputStream back = far.getInputStream();
      Thread backwards =
          new Thread(
              () -> {
                try (Client closing = client) {
                  copy(back, closing.out());
                } catch (IOException e) {
                  // One end has left, so the other one is closed.
                }
              });
      backwards.start();
      copy(client.in(), far.getOutputStream());
    }
  }

  private static void copy(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[16 * 1024];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      out.write(buffer, 0, n);
    }
  }
}
