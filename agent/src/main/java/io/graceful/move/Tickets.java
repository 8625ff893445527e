package io.graceful.move;

import io.graceful.log.Log;
import io.graceful.os.DescriptorNumber;
import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.os.Reactor;
import io.graceful.os.TcpSockets;
import io.graceful.sockets.ListenerKey;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;

/**
 * Lets moved connections come out of the app's own accept, in a successor.
 *
 * <p>A ticket is a connection that we open to the app's listener ourselves, known by its port: it
 * wakes the app's acceptor, whatever that waits with. When the app has accepted it, the moved
 * connection that has waited longest is put in its place. Only a few are under way at a time, since
 * the app's backlog may be short; and one that the app does not accept can't be had back from
 * there, so it stays good for another connection.
 */
public final class Tickets implements BiConsumer<Object, Object> {

  /** Told on the reactor's thread what became of a connection. */
  public interface Owner {
    void taken(int id);

    void rejected(int id, String reason);

    /** A new client of this listener has begun with an HTTP/1.x request. */
    void speaksHttp(ListenerKey listener);
  }

  /** Of one listener. One that the app does not accept stays in its queue, whatever we do. */
  private static final int MOST_UNDER_WAY = 16;

  /** For the app to accept, in ms; meanwhile nobody serves the connection. */
  private static final long PATIENCE_MILLIS = 1000;

  private final Libc libc;
  private final Log log;
  private final TcpSockets tcp;

  /** By the listeners' addresses. For the reactor's thread only. */
  private final Map<InetSocketAddress, Door> doors = new HashMap<>();

  /** By our end's address: the peer of what the app accepts. */
  private final ConcurrentHashMap<InetSocketAddress, Ticket> underWay = new ConcurrentHashMap<>();

  private Reactor reactor;
  private Owner owner;
  private volatile FirstWords firstWords;

  public Tickets(Libc libc, Log log) {
    this.libc = libc;
    this.log = log;
    this.tcp = new TcpSockets(libc);
  }

  /** Before the first connection arrives. */
  public void start(Reactor reactor, Owner owner, Collection<ListenerKey> listeners) {
    this.reactor = reactor;
    this.owner = owner;
    firstWords =
        new FirstWords(libc, listeners, listener -> reactor.post(() -> owner.speaksHttp(listener)));
  }

  /** The predecessor is gone: nobody needs to know any more. */
  public void stop() {
    firstWords = null;
  }

  /** A connection that waits for the app to accept. */
  private static final class Moved {
    final int id;
    final int descriptor;
    Reactor.Timer deadline;

    Moved(int id, int descriptor) {
      this.id = id;
      this.descriptor = descriptor;
    }
  }

  /** A listener: the next one that comes out of it is whoever waits longest. */
  private static final class Door {
    final InetSocketAddress address;
    final Queue<Moved> waiting = new ConcurrentLinkedQueue<>();
    int tickets;

    Door(InetSocketAddress address) {
      this.address = address;
    }
  }

  private static final class Ticket {
    final Door door;
    final int ours;
    InetSocketAddress name;

    Ticket(Door door, int ours) {
      this.door = door;
      this.ours = ours;
    }
  }

  /**
   * On the reactor's thread.
   *
   * @param moved taken over by this method
   */
  public void arrive(int id, ListenerKey listener, int moved) {
    Door door = doors.computeIfAbsent(listener.reachableAt(), Door::new);
    Moved one = new Moved(id, moved);
    one.deadline = reactor.after(PATIENCE_MILLIS, () -> onDeadline(door, one));
    door.waiting.add(one);
    openMore(door);
  }

  private void openMore(Door door) {
    while (door.tickets < Math.min(door.waiting.size(), MOST_UNDER_WAY)) {
      try {
        open(door);
      } catch (IOException failure) {
        rejectNext(door, failure.getMessage());
      }
    }
  }

  private void open(Door door) throws IOException {
    InetSocketAddress target = door.address;
    int family = target.getAddress() instanceof Inet4Address ? Libc.AF_INET : Libc.AF_INET6;
    Ticket ticket = new Ticket(door, tcp.bound(family, target.getAddress()));
    door.tickets++;
    try {
      ticket.name = tcp.local(ticket.ours);
      underWay.put(ticket.name, ticket);
      tcp.connect(ticket.ours, family, target);
      reactor.watch(ticket.ours, () -> onEnd(ticket));
    } catch (IOException failure) {
      if (isOurs(ticket)) {
        libc.close(ticket.ours);
        door.tickets--;
      }
      throw failure;
    }
  }

  /** Claims it from the app's threads. */
  private boolean isOurs(Ticket ticket) {
    return ticket.name == null || underWay.remove(ticket.name, ticket);
  }

  /** On the app's thread that accepts: must not throw. */
  @Override
  public void accept(Object descriptor, Object remote) {
    FirstWords curious = firstWords;
    if (underWay.isEmpty() && curious == null) {
      return;
    }
    try {
      int fd = DescriptorNumber.of(descriptor);
      InetSocketAddress peer = tcp.peer(fd);
      Ticket ticket = peer == null ? null : underWay.remove(peer);
      if (ticket != null) {
        redeem(ticket, fd, remote);
      } else if (curious != null) {
        curious.look(fd);
      }
    } catch (ErrnoException clientLeft) {
      // Not one of ours: those stay until they are redeemed.
    } catch (Throwable failure) {
      log.error("can't look after an accepted connection: " + failure);
    }
  }

  private void redeem(Ticket ticket, int fd, Object remote) {
    Moved moved = ticket.door.waiting.poll();
    if (moved == null) {
      reactor.post(() -> end(ticket)); // It came too late: the app sees a client that leaves.
      return;
    }
    try {
      InetSocketAddress client = client(moved.descriptor);
      if (client != null) {
        RemoteAddress.set(remote, client);
      }
      libc.setNonBlocking(moved.descriptor, libc.isNonBlocking(fd));
      libc.replace(fd, moved.descriptor);
      reactor.post(() -> taken(ticket, moved));
    } catch (IOException | ReflectiveOperationException failure) {
      reactor.post(
          () -> {
            end(ticket);
            reject(moved, failure.toString());
          });
    }
  }

  /** Null if the client has reset it meanwhile: the app shall see that, not we. */
  private InetSocketAddress client(int moved) {
    try {
      return tcp.peer(moved);
    } catch (ErrnoException gone) {
      return null;
    }
  }

  private void taken(Ticket ticket, Moved moved) {
    libc.close(moved.descriptor);
    moved.deadline.cancel();
    end(ticket); // The app has another connection in its place.
    owner.taken(moved.id);
  }

  private void end(Ticket ticket) {
    reactor.unwatch(ticket.ours);
    tcp.abort(ticket.ours);
    ticket.door.tickets--;
    openMore(ticket.door);
  }

  /**
   * The app is busy, or has as many connections as it will have. The tickets stay: when it accepts
   * again, others come in on them.
   */
  private void onDeadline(Door door, Moved one) {
    if (door.waiting.remove(one)) {
      reject(one, "the application has not accepted it for " + PATIENCE_MILLIS + " ms");
    }
  }

  /** Our end hears of it when the app's end was closed or replaced. */
  private void onEnd(Ticket ticket) {
    if (isOurs(ticket)) {
      rejectNext(ticket.door, "the application does not accept it");
      end(ticket);
    } else {
      reactor.unwatch(ticket.ours);
    }
  }

  private void rejectNext(Door door, String reason) {
    Moved next = door.waiting.poll();
    if (next != null) {
      reject(next, reason);
    }
  }

  private void reject(Moved one, String reason) {
    one.deadline.cancel();
    libc.close(one.descriptor);
    owner.rejected(one.id, reason);
  }

  /** How many the app may still accept. */
  int underWay() {
    return underWay.size();
  }
}
