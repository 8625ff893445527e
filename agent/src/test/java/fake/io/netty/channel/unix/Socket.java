package fake.io.netty.channel.unix;

import java.net.SocketAddress;

/** What the hook for native transports relies on in Netty's class of this name. */
public class Socket {

  public SocketAddress bound;

  public int intValue() {
    return 7;
  }

  public void bind(SocketAddress address) {
    bound = address;
  }
}
