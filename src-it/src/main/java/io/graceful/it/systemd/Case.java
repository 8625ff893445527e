package io.graceful.it.systemd;

/**
 * One thing that a unit of the documentation is said to do.
 *
 * @param since the first version of systemd that can do it
 * @param script throws AssertionError if anything is not as it must be
 */
record Case(String name, int since, Script script) {

  @Override
  public String toString() {
    return name;
  }

  interface Script {
    void run(Scene scene) throws Exception;
  }
}
