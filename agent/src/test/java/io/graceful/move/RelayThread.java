package io.graceful.move;

import io.graceful.os.Await;

/** The interposer's thread that relays. */
final class RelayThread {

  private RelayThread() {}

  /** Nothing moves any more, and it has ended when this returns. */
  static void end(Interposer interposer) throws Exception {
    interposer.cancel(words -> {});
    Await.until(
        "the end of the relay",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("graceful-relay")));
  }
}
