package io.graceful.relay;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.graceful.os.Await;
import io.graceful.os.ErrnoException;
import io.graceful.os.Poller;
import io.graceful.os.RawSockets;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RelayTest extends RelayedPeers {

  @Test
  void what_the_client_sends_waits_until_it_is_admitted_and_the_app_need_not_wait()
      throws Exception {
    Peers peers = new Peers(History.BUSY, false);
    peers.clientSends("question");
    peers.appSends("answer");
    peers.clientGets("answer");

    assertThat(rig.io.unread(peers.app)).isZero();
    peers.admit();
    peers.appGets("question");
    assertThat(rig.call(peers.connection::bytesFromClient)).isEqualTo(8);
    assertThat(rig.call(peers.connection::bytesFromApp)).isEqualTo(6);
  }

  @Test
  void each_side_may_finish_by_itself() throws Exception {
    Peers peers = new Peers(History.BUSY, false).admit();
    peers.clientSends("last words");
    rig.io.finishSending(peers.client);
    peers.appGets("last words");
    peers.appGetsEnd(0);
    peers.appSends("the answer");
    peers.clientGets("the answer");
    assertThat(peers.events).isEmpty();

    rig.io.finishSending(peers.app);
    peers.clientGetsEnd(0);
    peers.awaitEvent("ended CLOSED");
  }

  @Test
  void an_app_that_has_finished_may_still_read() throws Exception {
    Peers peers = new Peers(History.BUSY, false).admit();
    peers.appSends("enough");
    rig.io.finishSending(peers.app);
    peers.clientGets("enough");
    peers.clientGetsEnd(0);

    peers.clientSends("but listen");
    peers.appGets("but listen");
    peers.closeApp();
    peers.awaitEvent("ended CLOSED");
  }

  @Test
  void an_app_that_closes_closes_the_connection() throws Exception {
    Peers peers = new Peers(History.BUSY, false).admit();
    peers.appSends("bye");
    peers.closeApp();

    peers.clientGets("bye");
    peers.clientGetsEnd(0);
    peers.awaitEvent("ended CLOSED");
  }

  @Test
  void an_app_that_closes_while_the_client_sends_does_not_lose_its_last_words() throws Exception {
    Peers peers = new Peers(History.BUSY, false);
    peers.clientSends("never read");
    peers.appSends("413");
    peers.closeApp();
    peers.admit();
    peers.clientSends("and more");

    peers.clientGets("413");
    peers.clientGetsEnd(0);
    peers.closeClient();
    peers.awaitEvent("ended CLOSED");
  }

  @Test
  void a_client_may_finish_what_it_sends_to_an_app_that_has_closed() throws Exception {
    retry(
        Parting.LINGER_MILLIS,
        () -> {
          Peers peers = new Peers(History.BUSY, false);
          peers.clientSends("never read");
          peers.appSends("413");
          peers.closeApp();
          peers.admit();
          int sent = 0;
          for (int count = 0; sent < 1 << 24; ) {
            count = rig.io.send(peers.client, buffer, 0, 1 << 20);
            if (count < 0 && count != -ErrnoException.EAGAIN) {
              return false;
            }
            sent += Math.max(0, count);
          }
          peers.clientGets("413");
          peers.clientGetsEnd(0);
          return true;
        });
  }

  @Test
  void an_app_that_closes_with_bytes_unread_resets_the_connection() throws Exception {
    Peers peers = new Peers(History.BUSY, false).admit();
    peers.clientSends("never read");
    Await.until("it is with the app", () -> rig.io.unread(peers.app) == 10);
    peers.appSends("413");
    peers.closeApp();

    peers.clientGets("413");
    peers.clientGetsEnd(ErrnoException.ECONNRESET);
    peers.awaitEvent("ended RESET_BY_APP");
  }

  @Test
  void an_app_that_closes_in_the_middle_of_what_comes_resets_the_connection() throws Exception {
    for (int i = 0; i < 2000; i++) {
      Peers peers = new Peers(History.BUSY, false).admit();
      assertThat(rig.io.send(peers.client, buffer, 0, 4 * Relay.BUFFER_BYTES)).isPositive();
      while (rig.io.unread(peers.app) == 0) {
        Thread.onSpinWait();
      }
      for (long until = System.nanoTime() + i % 100 * 500L; System.nanoTime() - until < 0; ) {
        Thread.onSpinWait();
      }
      peers.closeApp(); // The relay may be inside of the call that sends the rest.

      peers.clientGetsEnd(ErrnoException.ECONNRESET);
      peers.awaitEvent("ended RESET_BY_APP");
      peers.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_client_that_resets_shows_the_app_its_last_words_and_a_reset(boolean watch)
      throws Exception {
    Peers peers = new Peers(History.BUSY, watch);
    peers.showsResets = true;
    peers.clientSends("last words");
    peers.resetClient();
    peers.admit();

    peers.awaitEvent("ended RESET_BY_CLIENT");
    peers.appGets("last words");
    peers.appGetsEnd(ErrnoException.ECONNRESET);
  }

  @Test
  void a_client_that_resets_while_nothing_happens_shows_a_reset() throws Exception {
    for (History history : new History[] {History.FRESH, History.quiet(0), History.BUSY}) {
      Peers peers = new Peers(history, true).admit();
      peers.showsResets = true;
      peers.resetClient();

      peers.awaitEvent("ended RESET_BY_CLIENT");
      peers.appGetsEnd(ErrnoException.ECONNRESET);
    }
  }

  @Test
  void a_client_that_resets_is_the_end_for_an_app_that_cannot_be_shown_more() throws Exception {
    Peers peers = new Peers(History.BUSY, false).admit();
    peers.resetClient();

    peers.awaitEvent("ended RESET_BY_CLIENT");
    peers.appGetsEnd(0);
    assertThat(rig.io.send(peers.app, buffer, 0, 1)).isEqualTo(-ErrnoException.EPIPE);
  }

  @Test
  void an_app_that_reads_no_more_may_still_speak() throws Exception {
    Peers peers = new Peers(History.BUSY, false).admit();
    RawSockets.finishReading(peers.app);
    peers.clientSends("nobody reads this");
    Await.until("it was taken", () -> rig.call(peers.connection::bytesFromClient) == 17);
    peers.appSends("as I said");

    peers.clientGets("as I said");
    assertThat(peers.events).isEmpty();
    peers.closeApp();
    peers.clientGetsEnd(0);
    peers.awaitEvent("ended CLOSED");
  }

  @Test
  void slow_readers_hold_back_their_senders() throws Exception {
    Peers peers = new Peers(History.BUSY, false, NO_TCP).admit();
    long fromClient = peers.fill(peers.client);
    long fromApp = peers.fill(peers.app);
    assertThat(rig.call(peers.connection::bytesFromClient)).isLessThan(fromClient);
    assertThat(rig.call(peers.connection::bytesFromApp)).isLessThan(fromApp);

    assertThat(peers.drain(peers.app, fromClient)).isEqualTo(fromClient);
    assertThat(peers.drain(peers.client, fromApp)).isEqualTo(fromApp);
    assertThat(rig.call(peers.connection::bytesFromClient)).isEqualTo(fromClient);
    assertThat(rig.call(peers.connection::bytesFromApp)).isEqualTo(fromApp);
  }

  @Test
  void when_it_stops_everything_is_closed() throws Exception {
    Peers one = new Peers(History.BUSY, false).admit();
    Peers two = new Peers(History.FRESH, true);
    assertThat(rig.call(rig.relay::size)).isEqualTo(2);
    List<Connection> all = new ArrayList<>();
    rig.call(
        () -> {
          rig.relay.forEach(all::add);
          return null;
        });
    assertThat(all).containsExactlyInAnyOrder(one.connection, two.connection);
    rig.relay.stop();

    one.awaitEvent("ended DROPPED");
    two.awaitEvent("ended DROPPED");
    one.appGetsEnd(0);
    one.clientGetsEnd(0);
    rig.thread.join();
    rig.relay.post(() -> one.events.add("posted in vain"));
    assertThat(one.events).isEmpty();
  }

  @Test
  void a_callback_that_fails_does_no_harm() throws Exception {
    Peers peers = new Peers(History.FRESH, true).admit();
    peers.failsAtBoundary = true;
    rig.relay.post(
        () -> {
          throw new IllegalStateException("posted");
        });
    rig.call(
        () ->
            rig.relay.after(
                0,
                () -> {
                  throw new IllegalStateException("timed");
                }));
    peers.clientSends(GET);
    peers.awaitEvent("at boundary");
    peers.appGets(GET);

    assertThat(rig.failures)
        .extracting(Throwable::getMessage)
        .containsExactlyInAnyOrder("posted", "timed", "at boundary");
    rig.failures.clear();
  }

  @Test
  void calls_timers_in_order_unless_they_were_cancelled() throws Exception {
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    rig.call(
        () -> {
          rig.relay.after(20, () -> events.add("last"));
          rig.relay.after(5, () -> events.add("cancelled")).cancel();
          rig.relay.after(1, () -> events.add("first"));
          return null;
        });

    assertThat(events.poll(30, TimeUnit.SECONDS)).isEqualTo("first");
    assertThat(events.poll(30, TimeUnit.SECONDS)).isEqualTo("last");
  }

  @Test
  void what_is_added_in_a_callback_waits_for_the_next_turn() throws Exception {
    Peers peers = new Peers(History.BUSY, false).admit();
    Runnable[] endless = new Runnable[2];
    endless[0] = () -> rig.relay.post(endless[0]);
    endless[1] = () -> rig.relay.after(0, endless[1]);
    rig.relay.post(endless[0]);
    rig.relay.post(endless[1]);
    peers.clientSends("still carried");

    peers.appGets("still carried");
  }

  @Test
  void a_descriptor_that_cannot_be_watched_stays_its_owners() throws Exception {
    int[] pair = rig.unixPair();
    try {
      assertThatThrownBy(
              () -> rig.call(() -> rig.relay.add(pair[0], 1_000_000, History.FRESH, null, false)))
          .hasCauseInstanceOf(ErrnoException.class);
      assertThat(rig.call(rig.relay::size)).isZero();
      assertThat(LIBC.socketType(pair[0])).isEqualTo(1);
    } finally {
      rig.close(pair[0]);
      rig.close(pair[1]);
    }
  }

  @Test
  void what_is_told_too_late_is_not_taken_for_another_connections() throws Exception {
    Peers former = new Peers(History.BUSY, false);
    rig.close(rig.call(former.connection::release));
    Peers peers = new Peers(History.BUSY, false).admit();
    rig.call(
        () -> {
          int slot = 0; // The only one in use.
          rig.relay.dispatch(Relay.data(slot, former.connection.serial, false), Poller.HANG_UP);
          return null;
        });
    rig.io.finishSending(peers.app);
    peers.clientGetsEnd(0);

    peers.clientSends("the app has not closed");
    peers.appGets("the app has not closed");
  }

  @Test
  void a_thousand_connections_that_wait_cost_no_time() throws Exception {
    List<Peers> all = new ArrayList<>();
    for (int i = 0; i < 125; i++) {
      Peers heldWithBytes = new Peers(History.BUSY, true, SMALL);
      heldWithBytes.clientSends("held");
      Peers heldAndReset = new Peers(History.BUSY, true, SMALL);
      heldAndReset.resetClient();
      Peers atBoundary = new Peers(History.FRESH, true, SMALL).admit();
      atBoundary.clientSends(GET);
      Peers clientFinished = new Peers(History.BUSY, true, SMALL).admit();
      rig.io.finishSending(clientFinished.client);
      Peers appFinished = new Peers(History.BUSY, true, SMALL).admit();
      rig.io.finishSending(appFinished.app);
      Peers appClosedAndClientSlow = new Peers(History.BUSY, true, SMALL).admit();
      appClosedAndClientSlow.fill(appClosedAndClientSlow.app);
      appClosedAndClientSlow.closeApp();
      Peers appSlow = new Peers(History.BUSY, false, SMALL).admit();
      appSlow.fill(appSlow.client);
      Peers idle = new Peers(History.quiet(0), true, SMALL).admit();
      all.addAll(
          List.of(
              heldWithBytes,
              heldAndReset,
              atBoundary,
              clientFinished,
              appFinished,
              appClosedAndClientSlow,
              appSlow,
              idle));
    }
    for (Peers peers : all) {
      rig.call(peers.connection::isGone);
    }
    assertThat(rig.call(rig.relay::size)).isEqualTo(1000);

    long id = rig.thread.getId();
    long before = ManagementFactory.getThreadMXBean().getThreadCpuTime(id);
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
    while (System.nanoTime() - until < 0) {
      LockSupport.parkNanos(until - System.nanoTime());
    }
    long spent = ManagementFactory.getThreadMXBean().getThreadCpuTime(id) - before;
    System.out.println("relay: 1,000 waiting connections cost " + spent / 1000 + " us in 1 s");
    assertThat(spent).isLessThan(TimeUnit.MILLISECONDS.toNanos(20));
    assertThat(rig.call(rig.relay::size)).isEqualTo(1000);
  }
}
