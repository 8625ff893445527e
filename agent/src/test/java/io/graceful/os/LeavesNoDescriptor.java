package io.graceful.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test that leaves a socket, pipe, epoll, eventfd or pidfd open in this JVM, or has closed
 * one that isn't its own. Files don't count: class loading opens jars whenever it likes.
 */
public final class LeavesNoDescriptor
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback {

  private static final String KEY = "descriptors";

  /** The JDK opens some descriptors of its own at the first use of a class, and keeps them. */
  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    Path path = Files.createTempFile("warm-up", ".sock");
    Files.delete(path);
    try (Selector selector = Selector.open();
        ServerSocketChannel server = ServerSocketChannel.open().bind(null);
        ServerSocketChannel unix =
            ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(path));
        SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
      server.configureBlocking(false);
      server.register(selector, java.nio.channels.SelectionKey.OP_ACCEPT);
      selector.selectNow();
      client.configureBlocking(false);
      unix.configureBlocking(false);
    } finally {
      Files.delete(path);
    }
    NativeLibc.LIBC.close(NativeLibc.LIBC.eventCounter());
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    store(context).put(KEY, open());
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    assertThat(open()).as("open descriptors after the test").isEqualTo(store(context).get(KEY));
  }

  private static ExtensionContext.Store store(ExtensionContext context) {
    return context.getStore(ExtensionContext.Namespace.create(LeavesNoDescriptor.class));
  }

  private static TreeMap<Integer, String> open() throws IOException {
    TreeMap<Integer, String> open = new TreeMap<>();
    for (int fd : ProcFs.openDescriptors()) {
      String target = ProcFs.target(fd);
      if (target != null && !target.startsWith("/")) {
        open.put(fd, target);
      }
    }
    return open;
  }
}
