package io.graceful.it.demo;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A process of the server on the timeline; times are in ticks. */
final class Generation {
  final long pid;
  private final int began;
  private final List<Long> answers = new ArrayList<>();
  private final Map<Mark, Integer> marks = new EnumMap<>(Mark.class);
  private long total;

  Generation(long pid, int began) {
    this.pid = pid;
    this.began = began;
  }

  void answered(int tick, long newTotal) {
    while (answers.size() <= tick) {
      answers.add(0L);
    }
    answers.set(tick, answers.get(tick) + newTotal - total);
    total = newTotal;
  }

  void mark(Mark mark, int tick) {
    marks.putIfAbsent(mark, tick);
  }

  Map<Mark, Integer> marks() {
    return marks;
  }

  /** Requests answered from one tick, inclusive, to another, exclusive. */
  long answeredBetween(int from, int to) {
    long sum = 0;
    for (int tick = from; tick < Math.min(to, answers.size()); tick++) {
      sum += answers.get(tick);
    }
    return sum;
  }

  boolean isAliveBetween(int from, int to) {
    return began < to && (!marks.containsKey(Mark.EXITED) || marks.get(Mark.EXITED) >= from);
  }

  String state() {
    if (marks.containsKey(Mark.EXITED)) {
      return "exited";
    }
    if (marks.containsKey(Mark.HANDED_OVER)) {
      return "draining";
    }
    return marks.containsKey(Mark.READY) ? "serving" : "starting";
  }
}
