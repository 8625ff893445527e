package io.graceful.supervisor;

import io.graceful.log.Log;
import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import io.graceful.systemd.ManagerVariables;
import io.graceful.systemd.PassedDescriptors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The sockets on which systemd listens for this process (sd_listen_fds(3)): they are the server's.
 */
public final class PassedSockets {

  private final List<Integer> numbers;
  private final String[] names;

  private PassedSockets(List<Integer> numbers, String names) {
    this.numbers = numbers;
    this.names = names == null ? new String[0] : names.split(":", -1);
  }

  /** Also of another program that has become this process. */
  public static PassedSockets ofThisProcess() throws IOException {
    List<Integer> numbers =
        PassedDescriptors.of(
            System.getenv(ManagerVariables.LISTEN_PID),
            System.getenv(ManagerVariables.LISTEN_FDS),
            ProcFs.pid(),
            ProcFs.parent());
    return new PassedSockets(numbers, System.getenv(ManagerVariables.LISTEN_FDNAMES));
  }

  /** From descriptor 3 on. */
  public int count() {
    return numbers.size();
  }

  /** Where each generation of the server gets them from. */
  void moveTo(SocketStore store, Libc libc, Log log) throws ErrnoException {
    List<Integer> others = new ArrayList<>();
    for (int i = 0; i < numbers.size(); i++) {
      int fd = numbers.get(i);
      if (ProcFs.socketInode(fd) < 0) {
        others.add(fd); // Whatever has that number here stays open.
      } else {
        store.keep(i < names.length ? names[i] : "", Collections.singletonList(fd));
        libc.close(fd);
      }
    }
    if (!others.isEmpty()) {
      log.error("the server does not get what systemd has passed and is no socket: " + others);
    }
  }
}
