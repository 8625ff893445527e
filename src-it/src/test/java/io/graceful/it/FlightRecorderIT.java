package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.load.Load;
import io.graceful.it.load.Traffic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * JFR suspends threads with SIGUSR2 hundreds of times in a second: none of these is a restart, and
 * JFR loses none.
 */
@ExtendWith(ServersExtension.class)
class FlightRecorderIT {

  /**
   * At 20 ms an execution sample, some seconds of load; each is a signal to a thread of the server.
   */
  private static final int REQUESTS = 3000;

  @EachJdk
  void its_signals_are_no_restarts(int jdk, Servers servers) throws Exception {
    // In a directory each process names its file itself: hotspot-pid-N-...jfr.
    Path recordings = Files.createDirectories(servers.directory().resolve("recordings"));
    Server server =
        servers
            .launch(Apps.THREADS, Jdks.find(jdk))
            .jvm("-XX:StartFlightRecording=settings=profile,dumponexit=true,filename=" + recordings)
            .jvmSince(17, "-Xlog:jfr+startup=off")
            .start();
    Load load = server.load().connectionPerRequest(1000).start();
    Await.until(
        "enough requests to be sampled in",
        Server.LIMIT,
        () -> load.snapshot().of(Traffic.CONNECTION_PER_REQUEST).succeeded() > REQUESTS);
    ProcessId first = server.serving();
    assertThat(server.stderr()).as("no signal of JFR's was taken for an operator's").isEmpty();

    Restart restart = server.restart();
    Loads.assertNothingFailed(load.stop());
    assertThat(restart.predecessor()).isEqualTo(first);
    assertThat(server.starts()).hasSize(2);
    List<RecordedEvent> events = RecordingFile.readAllEvents(recordingOf(first, recordings));
    assertThat(events)
        .filteredOn(event -> event.getEventType().getName().equals("jdk.ExecutionSample"))
        .as("threads that the sampler stopped by a signal")
        .isNotEmpty();
  }

  private static Path recordingOf(ProcessId process, Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().contains("-pid-" + process.pid() + "-"))
          .findFirst()
          .orElseThrow();
    }
  }
}
