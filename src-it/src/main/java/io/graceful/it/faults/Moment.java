package io.graceful.it.faults;

import io.graceful.it.jvm.ProcessId;

/** When in a restart something happens. */
enum Moment {
  STARTED("as soon as the new one is started"),
  BOUND("when the new one is about to bind"),
  HANDED_OVER("just after the handover"),
  DRAINS("during the drain");

  private final String words;

  Moment(String words) {
    this.words = words;
  }

  /**
   * Waits for it.
   *
   * @return the new process
   */
  ProcessId await(Scene scene) {
    ProcessId successor = scene.awaitSpawned();
    switch (this) {
      case STARTED -> {}
      case BOUND -> scene.awaitMain(successor);
      case HANDED_OVER -> scene.awaitHandover();
      case DRAINS -> {
        scene.awaitHandover();
        scene.awaitAnswers();
      }
    }
    return successor;
  }

  /** Whether the new process serves then. */
  boolean isServed() {
    return this == HANDED_OVER || this == DRAINS;
  }

  @Override
  public String toString() {
    return words;
  }
}
