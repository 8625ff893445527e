package io.graceful.move;

import io.graceful.os.EpollRegistration;
import io.graceful.os.Libc;
import io.graceful.os.SocketScan;
import io.graceful.sockets.WaitingThreads;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * Tells on which descriptors the app waits for input: most servers don't while they answer a
 * request.
 */
final class InputWaits {

  private final Set<Integer> polled = new HashSet<>();
  private final WaitingThreads threads;

  private InputWaits(WaitingThreads threads) {
    this.threads = threads;
  }

  /** Looks now. */
  static InputWaits scan(Libc libc) throws IOException {
    InputWaits waits = new InputWaits(WaitingThreads.scan(libc.arch()));
    try (SocketScan sockets = new SocketScan(libc)) {
      for (EpollRegistration entry : EpollRegistration.in(EpollRegistration.instances(sockets))) {
        if (entry.waitsForInput()) {
          waits.polled.add(entry.fd());
        }
      }
    }
    return waits;
  }

  boolean isAwaitedOn(int fd) {
    return polled.contains(fd) || threads.anyOn(fd);
  }
}
