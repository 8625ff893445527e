package io.graceful.restart;

import io.graceful.process.PidFile;
import java.io.IOException;

/** Sees to it that the pidfile tells the process that serves. On the reactor's thread. */
final class ServingPid implements Progress {

  private final Surroundings world;
  private final PidFile file;
  private boolean written;

  ServingPid(Surroundings world, PidFile file) {
    this.world = world;
    this.file = file;
  }

  /** This process serves, as before: a successor may have written its own. */
  @Override
  public void failed(String reason) {
    if (written) {
      write();
    }
  }

  /** This process serves. */
  void write() {
    try {
      file.write();
      removeAtTheEnd();
    } catch (IOException refused) {
      world.log.error("can't write the pidfile " + file + ": " + refused);
    }
  }

  private void removeAtTheEnd() {
    if (written) {
      return;
    }
    written = true;
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(this::remove, "graceful-pidfile"));
    } catch (IllegalStateException endsAlready) {
      remove();
    }
  }

  private void remove() {
    try {
      file.removeOwn();
    } catch (IOException refused) {
      world.log.error("can't remove the pidfile " + file + ": " + refused);
    }
  }
}
