package io.graceful.os;

import java.io.IOException;

/**
 * Whether the kernel does input and output for this process by itself (io_uring(7)). What it has
 * begun can't be seen from outside, nor taken back: a ring is only for the threads that made it.
 */
public final class IoUring {

  private static final String RING = "anon_inode:[io_uring]";

  private IoUring() {}

  /** Whether the process has a ring, for whatever purpose. */
  public static boolean isInUse(Libc libc) throws IOException {
    try (SocketScan sockets = new SocketScan(libc)) {
      for (int fd : ProcFs.openDescriptors()) {
        if (!sockets.isSocket(fd) && RING.equals(ProcFs.target(fd))) {
          return true;
        }
      }
    }
    return false;
  }
}
