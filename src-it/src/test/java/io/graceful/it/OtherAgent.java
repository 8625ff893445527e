package io.graceful.it;

import io.graceful.it.jvm.ProcessId;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** This process, in the place of an agent that speaks a version of the protocol of its own. */
final class OtherAgent implements AutoCloseable {

  private static final String REFUSAL =
      "{\"event\":\"refused\",\"reason\":\"this agent speaks version 99 of the protocol\"}\n";

  private final Path socket;
  private final ServerSocketChannel listener;
  private final AtomicInteger requests = new AtomicInteger();

  private OtherAgent(Path socket) throws IOException {
    this.socket = socket;
    this.listener =
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            .bind(UnixDomainSocketAddress.of(socket));
  }

  /**
   * @param directory where agents have their sockets
   */
  static OtherAgent refusing(Path directory) throws IOException {
    ProcessId self = ProcessId.of(ProcessHandle.current().pid()).orElseThrow();
    OtherAgent agent =
        new OtherAgent(directory.resolve(self.pid() + "-" + self.startTime() + ".sock"));
    Thread thread = new Thread(agent::serve, "other-agent");
    thread.setDaemon(true);
    thread.start();
    return agent;
  }

  private void serve() {
    while (listener.isOpen()) {
      try (SocketChannel client = listener.accept()) {
        if (client.read(ByteBuffer.allocate(4096)) > 0) { // Else it only looked who listens.
          requests.incrementAndGet();
          client.write(ByteBuffer.wrap(REFUSAL.getBytes(StandardCharsets.UTF_8)));
        }
      } catch (IOException goneOrClosed) {
        // The next one, if this was not the end.
      }
    }
  }

  /** How many were refused. */
  int requests() {
    return requests.get();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    Files.delete(socket);
  }
}
