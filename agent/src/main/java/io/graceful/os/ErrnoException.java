package io.graceful.os;

import java.io.IOException;

/** A failed system call: its name and {@code errno}, as in errno(3). */
public final class ErrnoException extends IOException {

  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  public static final int EBADF = 9;
  public static final int ECHILD = 10;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EEXIST = 17;
  public static final int ENFILE = 23;
  public static final int EMFILE = 24;
  public static final int EPIPE = 32;
  public static final int ENOSYS = 38;
  public static final int EADDRINUSE = 98;
  public static final int ECONNRESET = 104;
  public static final int ECONNREFUSED = 111;

  private static final long serialVersionUID = 1;

  private final int errno;

  public ErrnoException(String call, int errno) {
    super(call + ": " + describe(errno));
    this.errno = errno;
  }

  public int errno() {
    return errno;
  }

  /** The symbol and meaning of the usual values; the number for others. */
  public static String describe(int errno) {
    switch (errno) {
      case EPERM:
        return "EPERM (operation not permitted)";
      case ENOENT:
        return "ENOENT (no such file or directory)";
      case ESRCH:
        return "ESRCH (no such process)";
      case EBADF:
        return "EBADF (bad file descriptor)";
      case ECHILD:
        return "ECHILD (no child process)";
      case 7:
        return "E2BIG (argument list too long)";
      case 8:
        return "ENOEXEC (not an executable for this machine)";
      case EAGAIN:
        return "EAGAIN (resource temporarily unavailable: limit on processes?)";
      case ENOMEM:
        return "ENOMEM (out of memory)";
      case 13:
        return "EACCES (permission denied)";
      case EEXIST:
        return "EEXIST (exists)";
      case 20:
        return "ENOTDIR (not a directory)";
      case 22:
        return "EINVAL (invalid argument)";
      case 23:
        return "ENFILE (too many open files in the system)";
      case EMFILE:
        return "EMFILE (too many open files: limit of open files reached)";
      case EPIPE:
        return "EPIPE (the other process is gone)";
      case ENOSYS:
        return "ENOSYS (not offered by this kernel)";
      case EADDRINUSE:
        return "EADDRINUSE (address already in use)";
      case ECONNRESET:
        return "ECONNRESET (the other process is gone)";
      case 107:
        return "ENOTCONN (not connected: the other side has left)";
      case 110:
        return "ETIMEDOUT (no answer in time)";
      case ECONNREFUSED:
        return "ECONNREFUSED (nobody listens there)";
      default:
        return "errno " + errno;
    }
  }
}
