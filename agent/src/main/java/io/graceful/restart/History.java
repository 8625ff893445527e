package io.graceful.restart;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The last restarts that this process had a part in. For the reactor's thread only. */
final class History {

  private static final int KEPT = 10;

  private final Deque<Outcome> outcomes = new ArrayDeque<>();

  /** The oldest first. */
  List<Outcome> outcomes() {
    return new ArrayList<>(outcomes);
  }

  void add(Outcome outcome) {
    outcomes.add(outcome);
    if (outcomes.size() > KEPT) {
      outcomes.remove();
    }
  }

  /** Notes how a restart ends that begins now. */
  Progress watching() {
    return new Watched();
  }

  private final class Watched implements Progress {
    private final long at = System.currentTimeMillis();
    private final long began = System.nanoTime();
    private int pid;
    private Outcome noted;

    private void note(String failure) {
      outcomes.remove(noted); // A handover that was taken back is a failure.
      noted = new Outcome(at, pid, (System.nanoTime() - began) / 1_000_000, failure);
      add(noted);
    }

    @Override
    public void spawned(int pid) {
      this.pid = pid;
    }

    @Override
    public void handedOver(int successor) {
      note(null);
    }

    @Override
    public void failed(String reason) {
      note(reason);
    }
  }
}
