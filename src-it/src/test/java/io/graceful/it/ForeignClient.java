package io.graceful.it;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * Speaks to a control socket as nobody would who uses the jar: without asking first whose it is.
 * Arguments: the socket, the request. Prints that it is connected, then the answer.
 */
public final class ForeignClient {

  private ForeignClient() {}

  public static void main(String[] arguments) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(arguments[0]));
      System.out.println("connected");
      ByteBuffer answer = ByteBuffer.allocate(65_536);
      try {
        channel.write(ByteBuffer.wrap((arguments[1] + "\n").getBytes(StandardCharsets.UTF_8)));
        while (channel.read(answer) >= 0) {
          // Until it hangs up.
        }
      } catch (IOException hungUp) {
        // Before it was read.
      }
      System.out.print(new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8));
    }
  }
}
