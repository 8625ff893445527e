import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Whether a patched JDK works: sockets of both kinds, names, its own libraries, and itself executed again from {@code
 * /proc/self/cmdline}. With {@code -Djdk.lang.Process.launchMechanism=POSIX_SPAWN} the latter is posix_spawn's doing.
 */
public final class JdkCheck {

  public static void main(String[] args) throws Exception {
    blockingSockets();
    selector();
    InetAddress.getByName("localhost");
    ManagementFactory.getThreadMXBean().getThreadCount(); // libmanagement.so
    Class.forName("java.lang.instrument.Instrumentation");
    if (args.length == 0) {
      startAgain();
    }
    System.out.println("ok " + System.getProperty("java.version"));
  }

  private static void blockingSockets() throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
        Socket accepted = listener.accept()) {
      client.getOutputStream().write(42);
      if (accepted.getInputStream().read() != 42) {
        throw new IOException("a byte got lost between two blocking sockets");
      }
    }
  }

  private static void selector() throws IOException {
    try (Selector selector = Selector.open();
        ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      listener.configureBlocking(false);
      listener.register(selector, listener.validOps());
      try (SocketChannel client = SocketChannel.open(listener.getLocalAddress())) {
        client.write(ByteBuffer.allocate(1));
        if (selector.select(5_000) != 1) {
          throw new IOException("a selector doesn't see a connection within 5 s");
        }
        listener.accept().close();
      }
    }
  }

  private static void startAgain() throws IOException, InterruptedException {
    String cmdline =
        new String(Files.readAllBytes(Paths.get("/proc/self/cmdline")), StandardCharsets.UTF_8);
    List<String> command = new ArrayList<>(Arrays.asList(cmdline.split("\0")));
    command.add("again");
    Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
    StringBuilder output = new StringBuilder();
    InputStream in = child.getInputStream();
    for (int next = in.read(); next >= 0; next = in.read()) {
      output.append((char) next);
    }
    if (child.waitFor() != 0 || !output.toString().startsWith("ok")) {
      throw new IOException("started again as " + command + ", it says: " + output);
    }
  }
}
