package shaded.io.netty.channel.unix;

import java.net.SocketAddress;

/**
 * As grpc-netty-shaded has it; the method begins with a jump target, which is a stack map frame.
 */
public class Socket {

  public SocketAddress bound;

  public int intValue() {
    return 8;
  }

  public void bind(SocketAddress address) {
    do {
      bound = address;
    } while (bound == null && address != null);
  }
}
