package io.graceful.hooks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A JDK to try hooks in, because each has other classes below its sockets. */
final class Jdk {

  private static final Pattern VERSION =
      Pattern.compile("(?m)^JAVA_VERSION=\"(?:1\\.)?(\\d+)[^\"]*\"");

  /** Where an ELF file names its processor (elf(5), e_machine). */
  private static final int MACHINE_OFFSET = 18;

  final int feature;
  final Path home;

  private Jdk(int feature, Path home) {
    this.feature = feature;
    this.home = home;
  }

  static Jdk ofThisTest() {
    return new Jdk(Runtime.version().feature(), Path.of(System.getProperty("java.home")));
  }

  /**
   * The one of this test, and one of every other version that this machine has: named by JDK_HOMES,
   * installed, or fetched for a campaign.
   */
  static Collection<Jdk> all() throws IOException {
    Map<Integer, Jdk> found = new TreeMap<>();
    found.put(ofThisTest().feature, ofThisTest());
    for (Path home : homes()) {
      if (Files.isReadable(home.resolve("release")) && isForThisProcessor(home)) {
        Matcher version = VERSION.matcher(Files.readString(home.resolve("release")));
        if (version.find()) {
          int feature = Integer.parseInt(version.group(1));
          found.putIfAbsent(feature, new Jdk(feature, home));
        }
      }
    }
    return found.values();
  }

  Path java() {
    return home.resolve("bin/java");
  }

  @Override
  public String toString() {
    return "JDK " + feature;
  }

  private static List<Path> homes() throws IOException {
    List<Path> homes = new ArrayList<>();
    for (String named : System.getenv().getOrDefault("JDK_HOMES", "").split(":")) {
      homes.add(Path.of(named));
    }
    for (Path parent : List.of(Path.of("/usr/lib/jvm"), Path.of("../.jdks").toAbsolutePath())) {
      if (Files.isDirectory(parent)) {
        try (Stream<Path> children = Files.list(parent)) {
          homes.addAll(children.sorted().collect(Collectors.toList()));
        }
      }
    }
    return homes;
  }

  private static boolean isForThisProcessor(Path home) throws IOException {
    Path java = home.resolve("bin/java");
    return Files.isExecutable(java) && Arrays.equals(machine(java), machine(ofThisTest().java()));
  }

  private static byte[] machine(Path program) throws IOException {
    try (InputStream in = Files.newInputStream(program)) {
      return Arrays.copyOfRange(
          in.readNBytes(MACHINE_OFFSET + 2), MACHINE_OFFSET, MACHINE_OFFSET + 2);
    }
  }
}
