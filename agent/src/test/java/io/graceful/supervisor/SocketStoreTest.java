package io.graceful.supervisor;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.ProcFs;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeavesNoDescriptor.class)
class SocketStoreTest {

  private final SocketStore store = new SocketStore(LIBC);
  private int http;
  private int admin;

  @BeforeEach
  void listen() throws Exception {
    http = LIBC.silentListener();
    admin = LIBC.silentListener();
  }

  @AfterEach
  void close() {
    LIBC.close(http);
    LIBC.close(admin);
    store.remove("http");
    store.remove("admin");
    store.remove("");
  }

  @Test
  void keeps_each_socket_once_under_the_name_that_it_came_with() throws Exception {
    store.keep("http", List.of(http));
    store.keep("admin", List.of(admin, http));
    store.keep("http", List.of(http));

    assertThat(store.names()).isEqualTo("http:admin");
    assertThat(inodes()).containsExactly(ProcFs.socketInode(http), ProcFs.socketInode(admin));
    assertThat(store.descriptors()).doesNotContain(http, admin);
  }

  @Test
  void closed_it_has_nothing_and_gets_nothing() throws Exception {
    store.keep("http", List.of(http));
    store.keep("admin", List.of(admin));

    store.close();
    store.keep("http", List.of(http));

    assertThat(store.descriptors()).isEmpty();
    store.close();
  }

  @Test
  void lets_go_of_what_is_removed() throws Exception {
    store.keep("http", List.of(http));
    store.keep("admin", List.of(admin));

    store.remove("http");
    store.remove("unknown");

    assertThat(store.names()).isEqualTo("admin");
    assertThat(inodes()).containsExactly(ProcFs.socketInode(admin));
  }

  @Test
  void what_has_no_name_is_called_stored() throws Exception {
    store.keep("", List.of(http));

    assertThat(store.names()).isEqualTo("stored");
  }

  private List<Long> inodes() {
    return Arrays.stream(store.descriptors()).mapToObj(ProcFs::socketInode).toList();
  }
}
