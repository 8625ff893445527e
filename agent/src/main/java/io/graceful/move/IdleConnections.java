package io.graceful.move;

import io.graceful.os.Libc;
import io.graceful.sockets.ListenerKey;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Connections between two requests whose clients take their time: known to be so if we have seen
 * the last response end, else believed after the quiet time where a listener speaks HTTP/1.x and
 * nothing else.
 */
final class IdleConnections {

  private static final long PAUSE_NANOS = 5_000_000;

  /** The pause after a look, at least, in times that it took. */
  private static final int LOOK_SHARE = 10;

  /**
   * Found in one look: far more than are sent until the next, and who asks the kernel about all of
   * 10,000 keeps them waiting.
   */
  private static final int MOST_KNOWN = 256;

  private final Libc libc;
  private final long quietMillis;
  private final Set<ListenerKey> speakHttp = new HashSet<>();
  private final Set<ListenerKey> speakOthers = new HashSet<>();

  /** As of the last look. */
  private final Deque<Interposed> found = new ArrayDeque<>();

  private long nextLook = System.nanoTime();

  /**
   * @param quietMillis see {@link io.graceful.config.Option#DRAIN_QUIET}
   */
  IdleConnections(Libc libc, long quietMillis) {
    this.libc = libc;
    this.quietMillis = quietMillis;
  }

  /** Somebody has seen a request on a connection of this listener. */
  void speaksHttp(ListenerKey listener) {
    speakHttp.add(listener);
  }

  /** One that still is idle, and not the same again before the next look; null if there is none. */
  Interposed next() {
    Interposed one;
    do {
      one = found.poll();
    } while (one != null && !(one.mayLeave() && (one.relayed.isSurelyIdle() || isQuiet(one))));
    return one;
  }

  private boolean isQuiet(Interposed one) {
    return one.relayed.isIdle(quietMillis);
  }

  void forget() {
    found.clear();
  }

  /** If it is time to. */
  void look(Collection<Interposed> all) throws IOException {
    long begin = System.nanoTime();
    if (begin - nextLook < 0) {
      return;
    }
    found.clear();
    List<Interposed> believed = new ArrayList<>();
    for (Interposed one : all) {
      if (one.relayed.isForeign()) {
        speakOthers.add(one.listener);
      } else if (found.size() < MOST_KNOWN && one.mayLeave()) {
        if (one.relayed.isSurelyIdle()) {
          found.add(one);
        } else if (isQuiet(one)) {
          believed.add(one);
        }
      }
    }
    addAwaited(believed);
    long end = System.nanoTime();
    nextLook = end + Math.max(PAUSE_NANOS, LOOK_SHARE * (end - begin));
  }

  /** Those of them whose app waits for their next request. */
  private void addAwaited(List<Interposed> believed) throws IOException {
    believed.removeIf(
        one -> !speakHttp.contains(one.listener) || speakOthers.contains(one.listener));
    if (!believed.isEmpty()) {
      BitSet descriptors = new BitSet();
      believed.forEach(one -> descriptors.set(one.appFd));
      InputWaits waits = InputWaits.scan(libc, descriptors);
      believed.removeIf(one -> !waits.isAwaitedOn(one.appFd));
      found.addAll(believed);
    }
  }
}
