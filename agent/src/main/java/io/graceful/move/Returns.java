package io.graceful.move;

import io.graceful.os.Libc;
import io.graceful.sockets.InFlightCalls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Gives connections back to the app, each when nothing of it is on its way through us. */
final class Returns {

  /** Without a byte from either side. */
  private static final long QUIET_MILLIS = 5;

  private static final int MOST_AT_ONCE = 500;

  private final Libc libc;
  private final Swapper swapper;

  Returns(Libc libc, Swapper swapper) {
    this.libc = libc;
    this.swapper = swapper;
  }

  /** Those of them that can be given back now. */
  void giveBackQuiet(Collection<Interposed> connections) throws IOException {
    List<Interposed> quiet = new ArrayList<>();
    for (Interposed one : connections) {
      if (one.state == Interposed.State.RELAYED
          && quiet.size() < MOST_AT_ONCE
          && one.relayed.silentMillis() >= QUIET_MILLIS
          && one.relayed.canHandBack()) {
        quiet.add(one);
      }
    }
    giveBack(quiet);
  }

  void giveBack(List<Interposed> chosen) throws IOException {
    List<Interposed> given = chosen.isEmpty() ? null : swapper.giveBack(chosen);
    if (given == null) {
      return;
    }
    List<Integer> fds = new ArrayList<>();
    for (Interposed one : given) {
      one.state = Interposed.State.RETURNING;
      one.relayed.handBack();
      fds.add(one.appFd);
    }
    // Threads that read from the stand-ins shall read from the real ones again.
    new InFlightCalls(libc, fds).interrupt();
  }
}
