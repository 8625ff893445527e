package io.graceful.sockets;

import io.graceful.os.EpollRegistration;
import io.graceful.os.Libc;
import java.io.IOException;
import java.util.List;

/**
 * Puts another socket at a number that the app holds, so that the app does not notice: the number
 * keeps its O_NONBLOCK, its close-on-exec flag and its places in epoll.
 */
public final class DescriptorSwap {

  private DescriptorSwap() {}

  /**
   * The caller makes sure that the number is still the socket that it means.
   *
   * @param replacement stays open, the caller closes it
   * @param registrations the number's entries in epoll
   */
  public static void replace(
      Libc libc, int fd, int replacement, List<EpollRegistration> registrations)
      throws IOException {
    boolean nonBlocking = libc.isNonBlocking(fd);
    for (EpollRegistration registration : registrations) {
      // Without this epoll goes on firing for the old description while any process holds it.
      registration.remove(libc);
    }
    if (nonBlocking) {
      libc.setNonBlocking(replacement);
    }
    libc.replace(fd, replacement);
    for (EpollRegistration registration : registrations) {
      registration.restore(libc);
    }
  }
}
