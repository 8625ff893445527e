package io.graceful.it.faults;

/**
 * One thing that goes wrong.
 *
 * @param group such as successor
 * @param name in words, unique in its group
 * @param isShort whether it is one of the few that are tried at each build
 * @param script does it, and throws AssertionError if anything is not as it must be
 */
record Fault(String group, String name, boolean isShort, Script script) {

  Fault(String group, String name, Script script) {
    this(group, name, false, script);
  }

  /** The same, as one of the few that are tried at each build. */
  Fault always() {
    return new Fault(group, name, true, script);
  }

  @Override
  public String toString() {
    return group + ": " + name;
  }

  interface Script {
    void run(Scene scene) throws Exception;
  }
}
