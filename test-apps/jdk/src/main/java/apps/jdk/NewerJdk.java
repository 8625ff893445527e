package apps.jdk;

import apps.Options;
import java.io.IOException;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.concurrent.Executor;

/** What Java 8 doesn't have yet, by reflection; a JDK too old for it ends the app. */
final class NewerJdk {

  private NewerJdk() {}

  static Executor virtualThreads() {
    try {
      return (Executor)
          Class.forName("java.util.concurrent.Executors")
              .getMethod("newVirtualThreadPerTaskExecutor")
              .invoke(null);
    } catch (ReflectiveOperationException e) {
      throw Options.refuse("virtual threads need JDK 21");
    }
  }

  static ServerSocketChannel openUnixDomain() {
    try {
      return (ServerSocketChannel)
          ServerSocketChannel.class
              .getMethod("open", ProtocolFamily.class)
              .invoke(null, StandardProtocolFamily.valueOf("UNIX"));
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      throw Options.refuse("UNIX domain channels need JDK 16");
    }
  }

  static SocketAddress unixAddress(String path) {
    try {
      return (SocketAddress)
          Class.forName("java.net.UnixDomainSocketAddress")
              .getMethod("of", String.class)
              .invoke(null, path);
    } catch (ReflectiveOperationException e) {
      throw Options.refuse("UNIX domain addresses need JDK 16");
    }
  }

  @SuppressWarnings("unchecked")
  static void reusePort(ServerSocketChannel server) throws IOException {
    try {
      server.setOption(
          (SocketOption<Boolean>) StandardSocketOptions.class.getField("SO_REUSEPORT").get(null),
          true);
    } catch (ReflectiveOperationException e) {
      throw Options.refuse("SO_REUSEPORT needs JDK 9");
    }
  }
}
