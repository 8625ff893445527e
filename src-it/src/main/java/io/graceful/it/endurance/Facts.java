package io.graceful.it.endurance;

import io.graceful.it.jvm.ProcessId;
import io.graceful.it.jvm.ProcessView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a generation holds, some time after it took over and under load.
 *
 * @param restartMillis from the signal to its first answer
 * @param megabytes RSS
 * @param descriptors what they refer to, sorted
 * @param environment bytes; {@code arguments} likewise
 * @param files in the temporary directory
 */
record Facts(
    int generation,
    long restartMillis,
    double megabytes,
    List<String> descriptors,
    int threads,
    int environment,
    int arguments,
    int zombies,
    int files) {

  static final String HEADER =
      "generation,restart ms,RSS MB,descriptors,threads,environment bytes,argument bytes,zombies,"
          + "temporary files";

  /**
   * @param temporary directory of the server's own
   */
  static Facts of(int generation, long restartMillis, ProcessId process, Path temporary)
      throws IOException {
    ProcessView view = ProcessView.of(process.pid());
    // Connections come and go, some while we look; the JVM opens its random numbers when needed.
    List<String> descriptors =
        view.descriptors().stream()
            .filter(kind -> !kind.equals("tcp") && !kind.equals("socket"))
            .filter(kind -> !kind.startsWith("/dev/"))
            .filter(kind -> !kind.startsWith("/sys/fs/cgroup/"))
            .toList();
    Map<String, Integer> threads = view.threads();
    threads.keySet().removeIf(name -> !name.startsWith("graceful"));
    return new Facts(
        generation,
        restartMillis,
        Double.parseDouble(view.status("VmRSS").split(" ")[0]) / 1024,
        descriptors,
        threads.values().stream().mapToInt(Integer::intValue).sum(),
        bytes(view.environment()),
        bytes(view.arguments()),
        view.zombies().size(),
        count(temporary));
  }

  /** Whether nothing that can be counted differs. */
  boolean hasAsMuchAs(Facts other) {
    return descriptors.equals(other.descriptors)
        && threads == other.threads
        && environment == other.environment
        && arguments == other.arguments
        && zombies == other.zombies
        && files == other.files;
  }

  String csv() {
    return String.format(
        Locale.ROOT,
        "%d,%d,%.1f,%d,%d,%d,%d,%d,%d",
        generation,
        restartMillis,
        megabytes,
        descriptors.size(),
        threads,
        environment,
        arguments,
        zombies,
        files);
  }

  private static int bytes(List<String> strings) {
    return strings.stream().mapToInt(text -> text.length() + 1).sum();
  }

  private static int count(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return (int) files.count();
    }
  }
}
