package io.graceful.it.faults;

import io.graceful.it.jvm.ProcessView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a process holds when nothing is in motion: the kinds of its descriptors, the agent's
 * threads, its children, and files in its directories.
 */
record Belongings(
    List<String> descriptors, Map<String, Integer> threads, int children, List<String> files) {
  private static final Pattern NUMBER = Pattern.compile("\\d+");

  /** What a JVM opens when it needs it: random numbers, and JDK 8 each of its own jars. */
  private static final Pattern BY_NEED = Pattern.compile("/dev/u?random|/.*/jre/lib/[^/]+\\.jar");

  /** Empty while it has connections, or its agent is not complete. */
  static Optional<Belongings> ifSettled(ProcessView process, Path... directories) {
    List<String> descriptors = process.descriptors();
    boolean settled =
        !descriptors.contains("tcp")
            && descriptors.contains(ProcessView.CONTROL_SOCKET)
            && descriptors.stream().noneMatch(path -> path.startsWith("/sys/fs/cgroup/"));
    return settled ? Optional.of(of(process, directories)) : Optional.empty();
  }

  /** Whatever it does. */
  static Belongings of(ProcessView process, Path... directories) {
    List<String> descriptors = new ArrayList<>(process.descriptors());
    descriptors.removeIf(path -> BY_NEED.matcher(path).matches());
    // The JMX exporter leaves closing its configuration to the garbage collector.
    descriptors.removeIf(path -> path.endsWith("/exporter.yml"));
    Map<String, Integer> threads = process.threads();
    threads.keySet().removeIf(name -> !name.startsWith("graceful"));
    return new Belongings(
        withoutNumbers(descriptors.stream().map(Belongings::evenIfDeleted)),
        threads,
        process.children().size(),
        filesIn(directories));
  }

  /** Without descriptors of these kinds. */
  Belongings without(Predicate<String> kind) {
    return new Belongings(
        descriptors.stream().filter(kind.negate()).toList(), threads, children, files);
  }

  /** In words; empty if there is none. */
  List<String> differencesFrom(Belongings before) {
    List<String> differences = new ArrayList<>();
    compare("descriptors", descriptors, before.descriptors, differences);
    compare("files", files, before.files, differences);
    if (!threads.equals(before.threads)) {
      differences.add("agent's threads: " + threads + ", not " + before.threads);
    }
    if (children != before.children) {
      differences.add("children: " + children + ", not " + before.children);
    }
    return differences;
  }

  private static void compare(
      String what, List<String> now, List<String> before, List<String> differences) {
    List<String> more = less(now, before);
    if (!more.isEmpty()) {
      differences.add("new " + what + ": " + more);
    }
    List<String> lost = less(before, now);
    if (!lost.isEmpty()) {
      differences.add("lost " + what + ": " + lost);
    }
  }

  private static List<String> less(List<String> all, List<String> some) {
    List<String> rest = new ArrayList<>(all);
    some.forEach(rest::remove);
    return rest;
  }

  /** A file that was deleted or replaced since is the same to the process. */
  private static String evenIfDeleted(String path) {
    return path.replaceAll(" \\(deleted\\)$", "");
  }

  /** With all that is below them, but for sockets, which are counted otherwise. */
  private static List<String> filesIn(Path... directories) {
    List<String> all = new ArrayList<>();
    for (Path directory : directories) {
      try (Stream<Path> files = Files.walk(directory)) {
        files
            .filter(file -> !file.equals(directory))
            .map(file -> directory.relativize(file).toString())
            .filter(name -> !name.endsWith(".sock"))
            .forEach(all::add);
      } catch (IOException | UncheckedIOException changing) {
        throw new AssertionError(changing);
      }
    }
    return withoutNumbers(all.stream());
  }

  /** Of pids, times, and ports that the kernel has chosen. */
  private static List<String> withoutNumbers(Stream<String> names) {
    return names.map(name -> NUMBER.matcher(name).replaceAll("N")).sorted().toList();
  }
}
