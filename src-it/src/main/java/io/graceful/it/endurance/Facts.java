package io.graceful.it.endurance;

import io.graceful.it.jvm.ProcessId;
import io.graceful.it.jvm.ProcessView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a generation holds when the old one is gone and only connections that stay are open.
 *
 * @param restartMillis from the signal to its first answer
 * @param megabytes RSS
 * @param descriptors what they refer to, sorted
 * @param agentThreads those that belong to the agent; {@code threads} is all
 * @param environment bytes; {@code arguments} likewise
 * @param files in the temporary directory
 */
record Facts(
    int generation,
    long restartMillis,
    double megabytes,
    List<String> descriptors,
    int agentThreads,
    int threads,
    int environment,
    int arguments,
    int zombies,
    int files) {

  private static final String CONNECTION = "tcp";

  /** The JVM opens its random numbers, and looks at its limits, when it needs to. */
  private static final Pattern BY_NEED = Pattern.compile("/dev/u?random|/sys/fs/cgroup/.*");

  /**
   * @param temporary directory of the server's own
   */
  static Facts of(int generation, long restartMillis, ProcessId process, Path temporary) {
    ProcessView view = ProcessView.of(process.pid());
    Map<String, Integer> threads = view.threads();
    return new Facts(
        generation,
        restartMillis,
        Double.parseDouble(view.status("VmRSS").split(" ")[0]) / 1024,
        view.descriptors().stream().filter(kind -> !BY_NEED.matcher(kind).matches()).toList(),
        threads.entrySet().stream()
            .filter(thread -> thread.getKey().startsWith("graceful"))
            .mapToInt(Map.Entry::getValue)
            .sum(),
        threads.values().stream().mapToInt(Integer::intValue).sum(),
        bytes(view.environment()),
        bytes(view.arguments()),
        view.zombies().size(),
        count(temporary));
  }

  /** Whether it has as many connections as there are clients that keep theirs. */
  boolean hasConnections(int number) {
    return Collections.frequency(descriptors, CONNECTION) == number;
  }

  /** Whether nothing that can be counted differs. */
  boolean hasAsMuchAs(Facts other) {
    return descriptors.equals(other.descriptors)
        && agentThreads == other.agentThreads
        && environment == other.environment
        && arguments == other.arguments
        && zombies == other.zombies
        && files == other.files;
  }

  static String header() {
    return "generation," + Column.ALL.stream().map(Column::name).collect(Collectors.joining(","));
  }

  String csv() {
    return generation
        + ","
        + Column.ALL.stream().map(column -> column.text(this)).collect(Collectors.joining(","));
  }

  private static int bytes(List<String> strings) {
    return strings.stream().mapToInt(text -> text.length() + 1).sum();
  }

  private static int count(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return (int) files.count() - 1;
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
