package io.graceful.it.faults;

import java.util.List;

/**
 * One thing that goes wrong.
 *
 * @param group such as successor
 * @param name in words, unique in its group
 * @param isShort whether it is one of the few that are tried at each build
 * @param oldestJdk the first Java that can be run like that
 * @param needs beginnings of the names of files that the campaign fetches, and a build does not
 * @param script does it, and throws AssertionError if anything is not as it must be
 */
record Fault(
    String group, String name, boolean isShort, int oldestJdk, List<String> needs, Script script) {

  Fault(String group, String name, Script script) {
    this(group, name, false, 8, List.of(), script);
  }

  /** The same, as one of the few that are tried at each build. */
  Fault always() {
    return new Fault(group, name, true, oldestJdk, needs, script);
  }

  /** The same, which older JDKs can't do. */
  Fault since(int jdk) {
    return new Fault(group, name, isShort, jdk, needs, script);
  }

  /**
   * The same, which can't be tried without this file.
   *
   * @param prefix of its name
   */
  Fault needing(String prefix) {
    return new Fault(group, name, isShort, oldestJdk, List.of(prefix), script);
  }

  /** What it needs and is not there. */
  List<String> missing() {
    return needs.stream().filter(prefix -> Downloads.find(prefix).isEmpty()).toList();
  }

  @Override
  public String toString() {
    return group + ": " + name;
  }

  interface Script {
    void run(Scene scene) throws Exception;
  }
}
