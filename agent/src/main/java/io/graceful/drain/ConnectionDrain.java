package io.graceful.drain;

import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import io.graceful.sockets.ListenerKey;
import io.graceful.sockets.TcpInfo;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Waits for requests in progress on connections that stay with the app. Looks from outside only:
 * the connections of a listener are the sockets whose local address is the listener's.
 */
public final class ConnectionDrain implements Drain {

  private final Libc libc;
  private final long quietMillis;
  private final Set<String> addresses = new HashSet<>();
  private final Set<Integer> anyAddressPorts = new HashSet<>();
  private Map<Long, Activity> known = new HashMap<>();

  /**
   * @param listeners whose connections to look at
   */
  public ConnectionDrain(Libc libc, Collection<ListenerKey> listeners, long quietMillis) {
    this.libc = libc;
    this.quietMillis = quietMillis;
    for (ListenerKey key : listeners) {
      if (!key.isUnix() && key.isAnyAddress()) {
        anyAddressPorts.add(key.port());
      } else {
        addresses.add(key.toString());
      }
    }
  }

  @Override
  public Census look() throws IOException {
    int busy = 0;
    int idle = 0;
    Map<Long, Activity> seen = new HashMap<>();
    for (int fd : ProcFs.openDescriptors()) {
      long inode = ProcFs.socketInode(fd);
      if (inode < 0 || seen.containsKey(inode)) {
        continue;
      }
      try {
        if (isOurs(fd)) {
          Activity activity = known.getOrDefault(inode, new Activity());
          seen.put(inode, activity);
          if (isBusy(fd, activity)) {
            busy++;
          } else {
            idle++;
          }
        }
      } catch (ErrnoException closedMeanwhile) {
        // Nothing to wait for.
      }
    }
    known = seen;
    return new Census(busy, idle);
  }

  private boolean isOurs(int fd) throws ErrnoException {
    if (libc.socketType(fd) != Libc.SOCK_STREAM || libc.isListening(fd)) {
      return false;
    }
    ListenerKey local = ListenerKey.ofBound(libc, fd);
    return addresses.contains(local.toString())
        || !local.isUnix() && anyAddressPorts.contains(local.port());
  }

  /**
   * UNIX sockets keep no times: each that is open is taken for busy, and waited for until the
   * drain's end.
   */
  private boolean isBusy(int fd, Activity activity) throws ErrnoException {
    if (libc.socketDomain(fd) == Libc.AF_UNIX) {
      return true;
    }
    TcpInfo info = TcpInfo.of(libc, fd);
    Activity.Sample sample = new Activity.Sample();
    sample.bytesReceived = info.bytesReceived();
    sample.segmentsSent = info.dataSegmentsSent();
    sample.receivedAgo = info.receivedAgo();
    sample.sentAgo = info.sentAgo();
    sample.unread = libc.unread(fd);
    sample.unsent = libc.unsent(fd);
    return activity.isBusy(sample, quietMillis);
  }
}
