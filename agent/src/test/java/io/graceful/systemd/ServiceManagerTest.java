package io.graceful.systemd;

import static io.graceful.os.NativeLibc.LIBC;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.log.Log;
import io.graceful.os.FdMessages;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.MonotonicClock;
import io.graceful.os.NotifyReceiver;
import io.graceful.os.ReactorThread;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(LeavesNoDescriptor.class)
class ServiceManagerTest {

  private static final int PID = 4711;

  @RegisterExtension static final ReactorThread REACTOR = new ReactorThread();

  @TempDir Path directory;

  private NotifyReceiver receiver;

  @BeforeEach
  void listen() throws Exception {
    receiver = new NotifyReceiver(name());
  }

  @AfterEach
  void close() throws Exception {
    REACTOR.settle(); // Until it has closed what it sent with.
    receiver.close();
  }

  @Test
  void a_message_is_one_datagram() throws Exception {
    ServiceManager manager = manager(null);
    REACTOR.run(
        () -> {
          manager.ready(PID, "serves");
          manager.status("two\nlines");
          manager.mainProcess(4802, "next");
          manager.stopping("SIGTERM");
        });

    assertThat(receiver.next()).isEqualTo("READY=1\nMAINPID=4711\nSTATUS=serves");
    assertThat(receiver.next()).isEqualTo("STATUS=two lines");
    assertThat(receiver.next()).isEqualTo("MAINPID=4802\nSTATUS=next");
    assertThat(receiver.next()).isEqualTo("STOPPING=1\nSTATUS=SIGTERM");
  }

  @Test
  void a_descriptor_goes_along_to_be_kept() throws Exception {
    ServiceManager manager = manager(null);
    int counter = LIBC.eventCounter();
    REACTOR.run(
        () -> {
          manager.keep(StoredName.of("tcp6 [::1]:80"), counter);
          manager.forget(StoredName.of("unix /run/ü"));
        });
    LIBC.add(counter);
    LIBC.close(counter);

    FdMessages.Packet kept = receiver.nextPacket();
    assertThat(new String(kept.bytes, UTF_8)).isEqualTo("FDSTORE=1\nFDNAME=graceful.tcp6.[..1].80");
    assertThat(LIBC.take(kept.fd)).as("the same eventfd").isEqualTo(1);
    LIBC.close(kept.fd);
    assertThat(receiver.next()).isEqualTo("FDSTOREREMOVE=1\nFDNAME=graceful.unix./run/.");
  }

  @Test
  void a_reload_has_the_time_of_the_monotonic_clock() throws Exception {
    ServiceManager manager = manager(null);
    long before = MonotonicClock.micros();
    REACTOR.run(() -> manager.reloading(200_000, "next"));
    long after = MonotonicClock.micros();

    Matcher message =
        Pattern.compile(
                "RELOADING=1\nMONOTONIC_USEC=(\\d+)\nEXTEND_TIMEOUT_USEC=200000000\nSTATUS=next")
            .matcher(receiver.next());
    assertThat(message.matches()).isTrue();
    assertThat(Long.parseLong(message.group(1))).isBetween(before, after);
  }

  @Test
  void signs_of_life_come_until_they_are_ended() throws Exception {
    Watchdog watchdog = Watchdog.of(REACTOR.reactor, "20000", null, PID, false);
    ServiceManager manager = manager(watchdog);
    long began = System.nanoTime();
    REACTOR.run(manager::giveSignsOfLife);
    for (int i = 0; i < 5; i++) {
      assertThat(receiver.next()).isEqualTo("WATCHDOG=1");
    }
    assertThat((System.nanoTime() - began) / 1_000_000)
        .as("ms for 4 pauses of 10")
        .isBetween(40L, 2000L);

    REACTOR.run(
        () -> {
          manager.endSignsOfLife();
          manager.status("ended");
          REACTOR.reactor.after(100, () -> manager.status("later")); // Ten pauses.
        });
    String last = receiver.next();
    while (last.equals("WATCHDOG=1")) {
      last = receiver.next();
    }
    assertThat(last).isEqualTo("STATUS=ended");
    assertThat(receiver.next()).isEqualTo("STATUS=later");
  }

  /** By sd_watchdog_enabled(3); a successor goes on with what was meant for the first. */
  @ParameterizedTest
  @CsvSource({
    ", , false, false",
    ", 4711, false, false",
    "1000000, , false, true",
    "1000000, 4711, false, true",
    "1000000, 4710, false, false",
    "1000000, 4710, true, true",
    "0, 4711, false, false",
    "-1, 4711, false, false",
    "soon, 4711, false, false"
  })
  void signs_of_life_are_for_whom_they_are_asked(
      String limit, String addressee, boolean successor, boolean expected) {
    assertThat(Watchdog.of(REACTOR.reactor, limit, addressee, PID, successor) != null)
        .isEqualTo(expected);
  }

  private ServiceManager manager(Watchdog watchdog) {
    Log log = new Log(7, Log.Level.ERROR);
    return new ServiceManager(
        new NotifySocket(LIBC, REACTOR.reactor, log, name()), watchdog, false);
  }

  private String name() {
    return directory.resolve("notify").toString();
  }
}
