package io.graceful.drain;

import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.sockets.ListenerKey;
import io.graceful.sockets.OpenConnection;
import io.graceful.sockets.OpenConnections;
import io.graceful.sockets.TcpInfo;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongPredicate;

/**
 * Waits for requests in progress on connections that stay with the app. Looks from outside only.
 */
public final class ConnectionDrain implements Drain {

  private final Libc libc;
  private final long quietMillis;
  private final OpenConnections connections;
  private final LongPredicate isElsewhere;
  private Map<Long, Activity> known = new HashMap<>();

  /**
   * @param listeners whose connections to look at
   */
  public ConnectionDrain(Libc libc, Collection<ListenerKey> listeners, long quietMillis) {
    this(libc, listeners, quietMillis, inode -> false);
  }

  /**
   * @param isElsewhere says of a socket's inode that it is not the app's and not to be looked at
   */
  public ConnectionDrain(
      Libc libc, Collection<ListenerKey> listeners, long quietMillis, LongPredicate isElsewhere) {
    this.libc = libc;
    this.quietMillis = quietMillis;
    this.connections = new OpenConnections(libc, listeners);
    this.isElsewhere = isElsewhere;
  }

  @Override
  public Census look() throws IOException {
    int busy = 0;
    int idle = 0;
    Map<Long, Activity> seen = new HashMap<>();
    for (OpenConnection connection : connections.scan(isElsewhere)) {
      try {
        Activity activity = known.getOrDefault(connection.inode(), new Activity());
        if (isBusy(connection.fd(), activity)) {
          busy++;
        } else {
          idle++;
        }
        seen.put(connection.inode(), activity);
      } catch (ErrnoException closedMeanwhile) {
        // Nothing to wait for.
      }
    }
    known = seen;
    return new Census(busy, idle);
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
