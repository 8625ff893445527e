package io.graceful.restart;

import io.graceful.process.PidFile;
import io.graceful.sockets.LiveListeners;
import java.io.IOException;

/** Sees to it that the pidfile tells the process that serves. On the reactor's thread. */
final class ServingPid implements Progress {

  private static final long FIRST_LOOK_MILLIS = 100;
  private static final long LAST_LOOK_MILLIS = 1000;

  private final Surroundings world;
  private final PidFile file;
  private boolean written;

  ServingPid(Surroundings world, PidFile file) {
    this.world = world;
    this.file = file;
  }

  /** As soon as this process listens: one that can't bind must not take another one's pidfile. */
  void writeWhenListening() {
    look(FIRST_LOOK_MILLIS);
  }

  private void look(long pause) {
    world.reactor.after(
        pause,
        () -> {
          if (isListening()) {
            write();
          } else {
            look(Math.min(LAST_LOOK_MILLIS, pause * 2));
          }
        });
  }

  private boolean isListening() {
    try {
      return !LiveListeners.scan(world.libc, world.bound).handedOver().isEmpty();
    } catch (IOException blind) {
      return false;
    }
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
