package io.graceful.restart;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.log.Log;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.ReactorThread;
import io.graceful.sockets.BoundSockets;
import io.graceful.sockets.Descriptors;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

@ExtendWith(LeavesNoDescriptor.class)
class FirstAcceptTest {

  @RegisterExtension static final ReactorThread REACTOR = new ReactorThread();

  private final BoundSockets bound = new BoundSockets();
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private Selector selector;
  private ServerSocketChannel server;
  private FirstAccept accept;

  @BeforeEach
  void open() throws Exception {
    selector = Selector.open();
    server = ServerSocketChannel.open();
    server.configureBlocking(false);
    accept =
        new FirstAccept(
            LIBC,
            REACTOR.reactor,
            new Log(7, Log.Level.ERROR),
            bound,
            listeners -> heard.add(listeners.toString()));
  }

  @AfterEach
  void close() throws Exception {
    selector.close();
    server.close();
  }

  @Test
  void bound_is_not_accepting() throws Exception {
    REACTOR.run(accept);
    assertThat(heard).as("nothing is bound").isEmpty();
    bind();
    bound.record(Descriptors.of(server), false);
    REACTOR.run(accept);
    assertThat(heard).as("nobody accepts").isEmpty();

    waitForClients();
    REACTOR.run(accept);
    REACTOR.run(accept);
    assertThat(heard).as("once").containsExactly("[" + address() + "]");
  }

  @Test
  void where_no_hook_tells_what_was_bound_any_listener_counts() throws Exception {
    bind();
    waitForClients();
    REACTOR.run(accept);
    assertThat(heard).isEmpty();

    accept.countAll();
    REACTOR.run(accept);
    assertThat(heard).singleElement().asString().contains(address());
  }

  private void bind() throws Exception {
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private String address() {
    return "127.0.0.1:" + server.socket().getLocalPort();
  }

  private void waitForClients() throws Exception {
    server.register(selector, SelectionKey.OP_ACCEPT);
    selector.selectNow(); // From now on its epoll asks for them.
  }
}
