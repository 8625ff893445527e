package io.graceful.move;

import io.graceful.os.EpollRegistration;
import io.graceful.os.Libc;
import io.graceful.os.SocketScan;
import io.graceful.sockets.WaitingThreads;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;

/**
 * Tells on which descriptors the app waits for input: most servers don't while they answer a
 * request.
 */
final class InputWaits {

  private final BitSet polled = new BitSet();
  private final WaitingThreads threads;

  private InputWaits(WaitingThreads threads) {
    this.threads = threads;
  }

  /** Looks now, for these descriptors. */
  static InputWaits scan(Libc libc, BitSet descriptors) throws IOException {
    InputWaits waits = new InputWaits(WaitingThreads.scan(libc.arch()));
    try (SocketScan sockets = new SocketScan(libc)) {
      List<Integer> epolls = EpollRegistration.instances(sockets);
      for (EpollRegistration entry : EpollRegistration.in(epolls, descriptors::get)) {
        if (entry.waitsForInput()) {
          waits.polled.set(entry.fd());
        }
      }
    }
    return waits;
  }

  boolean isAwaitedOn(int fd) {
    return polled.get(fd) || threads.anyOn(fd);
  }
}
