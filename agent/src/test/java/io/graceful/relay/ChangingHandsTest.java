package io.graceful.relay;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.graceful.os.Await;
import io.graceful.os.ErrnoException;
import io.graceful.os.Poller;
import io.graceful.os.RawSockets;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ChangingHandsTest extends RelayedPeers {

  @Test
  void at_a_boundary_the_request_is_still_in_the_socket() throws Exception {
    Peers peers = new Peers(History.quiet(100), true).admit();
    peers.clientSends(GET);
    peers.awaitEvent("at boundary");
    assertThat(rig.call(peers.connection::isAtBoundary)).isTrue();
    assertThat(rig.call(peers.connection::hasProvenHttp)).isTrue();
    int socket = rig.call(peers.connection::release);

    peers.appGetsEnd(0);
    assertThat(rig.io.receive(socket, buffer, 1000)).isEqualTo(GET.length());
    assertThat(peers.connection.isGone()).isTrue();
    assertThat(rig.call(rig.relay::size)).isZero();
    rig.close(socket);
    assertThat(peers.events).isEmpty();
  }

  @Test
  void a_request_that_proceeds_is_followed_to_the_next_boundary() throws Exception {
    Peers peers = new Peers(History.quiet(100), true).admit();
    peers.clientSends(GET);
    peers.awaitEvent("at boundary");
    peers.onRelay(Connection::proceed);
    peers.appGets(GET);
    assertThat(rig.call(() -> peers.connection.isIdle(0))).isFalse();
    peers.appSends(OK);
    peers.clientGets(OK);
    Await.until("it is idle", () -> rig.call(() -> peers.connection.isIdle(0)));
    assertThat(rig.call(() -> peers.connection.isIdle(1_000_000))).isFalse();

    peers.clientSends(GET);
    peers.awaitEvent("at boundary");
  }

  @Test
  void a_pipelined_request_waits_for_the_answer_to_the_one_before() throws Exception {
    retry(
        Exchange.PATIENCE_MILLIS,
        () -> {
          Peers peers = new Peers(History.FRESH, true).admit();
          peers.clientSends(GET);
          peers.awaitEvent("at boundary");
          peers.onRelay(Connection::proceed);
          peers.appGets(GET);
          peers.clientSends(GET);
          peers.appSends(OK.substring(0, 20));
          peers.clientGets(OK.substring(0, 20));
          assertThat(peers.events).isEmpty();
          peers.appSends(OK.substring(20));
          peers.clientGets(OK.substring(20));
          return peers.isAtBoundary();
        });
  }

  @Test
  void half_a_request_line_is_completed_or_goes_on_after_a_while() throws Exception {
    retry(
        Exchange.PATIENCE_MILLIS,
        () -> {
          Peers peers = new Peers(History.FRESH, true).admit();
          peers.clientSends("GET / HT");
          rig.awaitTurn();
          peers.clientSends("TP/1.1\r");
          rig.awaitTurn();
          assertThat(peers.events).isEmpty();
          peers.clientSends("\n");
          return peers.isAtBoundary();
        });

    Peers slow = new Peers(History.FRESH, true).admit();
    slow.clientSends("GET / HT");
    slow.appGets("GET / HT");
  }

  @Test
  void half_a_request_line_is_not_waited_for_when_the_client_has_finished() throws Exception {
    retry(
        Exchange.PATIENCE_MILLIS,
        () -> {
          Peers peers = new Peers(History.FRESH, true);
          peers.clientSends("GET / HT");
          rig.io.finishSending(peers.client);
          long started = System.nanoTime();
          peers.admit();
          peers.appGets("GET / HT");
          peers.appGetsEnd(0);
          return millisSince(started) < Exchange.PATIENCE_MILLIS;
        });
  }

  @Test
  void an_app_that_goes_on_at_what_looked_like_a_boundary_keeps_its_client() throws Exception {
    Peers peers = new Peers(History.quiet(100), true).admit();
    peers.clientSends(GET);
    peers.awaitEvent("at boundary");
    peers.appSends("the rest of an answer");
    peers.clientGets("the rest of an answer");

    peers.appGets(GET);
    assertThat(rig.call(peers.connection::isAtBoundary)).isFalse();
    peers.onRelay(Connection::proceed);
    assertThat(peers.events).isEmpty();
  }

  @Test
  void what_the_app_has_not_read_is_waited_for_and_then_the_request_goes_to_it() throws Exception {
    Peers peers = new Peers(History.FRESH, true).admit();
    String post = "POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n";
    peers.clientSends(post + "body");
    peers.awaitEvent("at boundary");
    peers.onRelay(Connection::proceed);
    peers.appGets(post);
    peers.appSends(OK);
    peers.clientGets(OK);
    peers.clientSends(GET);

    Await.until("it went on", () -> rig.io.unread(peers.app) == 4 + GET.length());
    peers.appGets("body" + GET);
    assertThat(peers.events).isEmpty();
  }

  @Test
  void what_the_app_reads_a_moment_later_is_waited_for() throws Exception {
    retry(
        BoundaryWatch.APP_READS_MILLIS,
        () -> {
          Peers peers = new Peers(History.FRESH, true).admit();
          String post = "POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n";
          peers.clientSends(post + "body");
          peers.awaitEvent("at boundary");
          peers.onRelay(Connection::proceed);
          peers.appGets(post);
          peers.appSends(OK);
          peers.clientGets(OK);
          peers.clientSends(GET);
          rig.awaitTurn();
          assertThat(peers.events).isEmpty();
          peers.appGets("body");
          return peers.isAtBoundary();
        });
  }

  @Test
  void a_request_that_comes_before_the_answer_was_taken_is_no_boundary() throws Exception {
    Peers peers = new Peers(History.FRESH, true, SMALL).admit();
    peers.clientSends(GET);
    peers.awaitEvent("at boundary");
    peers.onRelay(Connection::proceed);
    peers.appGets(GET);
    String large = "HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n" + "x".repeat(60_000);
    peers.appSends(large);
    // All of it in most cases: what is written while the relay reads may wait for the client.
    long[] read = new long[2];
    Await.until(
        "as much as can be was read",
        () -> {
          long now = rig.call(peers.connection::bytesFromApp);
          read[1] = now == read[0] ? read[1] + 1 : 0;
          read[0] = now;
          return now == large.length() || now > 0 && read[1] >= 100;
        });
    peers.clientSends(GET);

    // Such a client may not read before the app has read what it sends.
    peers.appGets(GET);
    assertThat(peers.events).isEmpty();
    peers.clientGets(large);
  }

  @Test
  void boundaries_are_not_looked_for_unless_wanted() throws Exception {
    Peers peers = new Peers(History.FRESH, false).admit();
    peers.clientSends(GET);
    peers.appGets(GET);
    peers.appSends(OK);
    peers.clientGets(OK);
    peers.clientSends(GET);
    peers.appGets(GET);
    assertThat(peers.events).isEmpty();
  }

  @Test
  void a_client_that_leaves_at_a_boundary_has_left() throws Exception {
    Peers peers = new Peers(History.FRESH, true).admit();
    peers.showsResets = true;
    peers.clientSends(GET);
    peers.awaitEvent("at boundary");
    peers.resetClient();
    peers.appSends("too late");

    peers.awaitEvent("ended RESET_BY_CLIENT");
    peers.appGets(GET);
    peers.appGetsEnd(ErrnoException.ECONNRESET);
  }

  @Test
  void a_request_that_crosses_with_the_apps_close_can_still_move() throws Exception {
    Peers peers = new Peers(History.quiet(100), true);
    peers.clientSends(GET);
    peers.closeApp();
    peers.admit();
    peers.awaitEvent("at boundary");
    int socket = rig.call(peers.connection::release);

    assertThat(rig.io.receive(socket, buffer, 1000)).isEqualTo(GET.length());
    assertThat(rig.io.receive(peers.client, buffer, 1)).isEqualTo(-ErrnoException.EAGAIN);
    rig.close(socket);

    Peers stays = new Peers(History.quiet(100), true);
    stays.clientSends(GET);
    stays.closeApp();
    stays.admit();
    stays.awaitEvent("at boundary");
    stays.onRelay(Connection::proceed);
    stays.clientGetsEnd(0);
    stays.closeClient();
    stays.awaitEvent("ended CLOSED");
  }

  @Test
  void a_close_of_which_only_the_end_of_the_stream_was_seen_yet_is_a_close() throws Exception {
    Peers peers = new Peers(History.quiet(100), true).admit();
    rig.awaitTurn();
    rig.call(
        () -> {
          peers.clientSends(GET);
          peers.closeApp();
          rig.relay.dispatch(Relay.data(0, peers.connection.serial, false), Poller.IN);
          return null;
        });

    peers.awaitEvent("at boundary");
    assertThat(rig.io.receive(peers.client, buffer, 1)).isEqualTo(-ErrnoException.EAGAIN);
  }

  @Test
  void a_connection_is_idle_only_with_nothing_under_way() throws Exception {
    Peers fresh = new Peers(History.FRESH, true);
    assertThat(rig.call(() -> fresh.connection.isIdle(0))).isTrue();
    fresh.clientSends("x");
    assertThat(rig.call(() -> fresh.connection.isIdle(0))).as("unread by us").isFalse();

    Peers quiet = new Peers(History.quiet(5000), true).admit();
    assertThat(rig.call(() -> quiet.connection.isIdle(5000))).isTrue();
    assertThat(rig.call(() -> quiet.connection.isIdle(60_000))).isFalse();
    rig.io.finishSending(quiet.client);
    quiet.appGetsEnd(0);
    assertThat(rig.call(() -> quiet.connection.isIdle(0))).as("the client has finished").isFalse();

    Peers busy = new Peers(History.BUSY, true).admit();
    assertThat(rig.call(() -> busy.connection.isIdle(0))).isFalse();
    busy.appSends("the rest");
    busy.clientGets("the rest");
    assertThat(rig.call(() -> busy.connection.isIdle(0))).as("nobody saw its end").isFalse();

    Peers opaque = new Peers(History.FRESH, true).admit();
    opaque.clientSends("\026\003\001");
    opaque.appGets("\026\003\001");
    assertThat(rig.call(opaque.connection::isForeign)).isTrue();
    assertThat(rig.call(() -> opaque.connection.isIdle(0))).isFalse();
    opaque.appSends("x");
    opaque.clientGets("x");
  }

  @Test
  void nothing_is_given_away_that_would_lose_bytes() throws Exception {
    Peers peers = new Peers(History.FRESH, true, NO_TCP);
    long sent = peers.fill(peers.app);
    assertThatThrownBy(() -> rig.call(peers.connection::release))
        .hasRootCauseInstanceOf(IllegalStateException.class);
    assertThat(rig.call(peers.connection::canHandBack)).isFalse();

    assertThat(peers.drain(peers.client, sent)).isEqualTo(sent);
    assertThat(rig.call(peers.connection::canHandBack)).isTrue();
    peers.admit();
    peers.clientSends("unread by the app");
    Await.until("it is with the app", () -> rig.io.unread(peers.app) == 17);
    assertThat(rig.call(peers.connection::canHandBack)).isFalse();
    assertThatThrownBy(
            () ->
                rig.call(
                    () -> {
                      peers.connection.handBack();
                      return null;
                    }))
        .hasRootCauseInstanceOf(IllegalStateException.class);
    peers.appGets("unread by the app");
    rig.close(rig.call(peers.connection::release));
  }

  @Test
  void an_app_thread_that_is_blocked_on_the_pair_sees_no_end_when_it_is_handed_back()
      throws Exception {
    Peers peers = new Peers(History.BUSY, true).admit();
    CompletableFuture<Integer> read = new CompletableFuture<>();
    Thread reader = new Thread(() -> complete(read, peers.app), "app");
    reader.start();
    Await.until("it reads", () -> RawSockets.isBeingRead(peers.app));

    // The app's number is another socket by now, but the thread is still on the pair.
    rig.call(
        () -> {
          LIBC.replace(peers.app, peers.connection.socket());
          peers.connection.handBack();
          return null;
        });
    rig.awaitTurn();
    assertThat(read).isNotDone();
    assertThat(peers.connection.isGone()).isFalse();
    assertThat(rig.call(peers.connection::isHandedBack)).as("a thread may write there").isFalse();
    assertThat(peers.events).isEmpty();
    peers.clientSends("to the socket");
    Await.until("it is in the socket", () -> rig.io.unread(peers.app) == 13);
    assertThat(read).isNotDone();

    rig.call(
        () -> {
          peers.connection.drop(); // What wakes the thread is the owner's business.
          return null;
        });
    assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo(-1);
    peers.awaitEvent("ended DROPPED");
    peers.appGets("to the socket");
    peers.appSends("and back");
    peers.clientGets("and back");
  }

  private static void complete(CompletableFuture<Integer> read, int fd) {
    try {
      FileDescriptor descriptor = new FileDescriptor();
      Field number = FileDescriptor.class.getDeclaredField("fd");
      number.setAccessible(true);
      number.setInt(descriptor, fd);
      read.complete(new FileInputStream(descriptor).read());
    } catch (IOException | ReflectiveOperationException failure) {
      read.completeExceptionally(failure);
    }
  }
}
