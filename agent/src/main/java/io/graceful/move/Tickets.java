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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * Lets moved connections come out of the app's own accept, in a successor.
 *
 * <p>A ticket is a connection that we open to the app's listener ourselves, known by its port: it
 * wakes the app's acceptor, whatever that waits with. When the app has accepted it, the moved
 * connection is put in its place. Only a few are under way at a time, since the app's backlog may
 * be short.
 */
public final class Tickets implements BiConsumer<Object, Object> {

  /** Told on the reactor's thread what became of a connection. */
  public interface Owner {
    void taken(int id);

    void rejected(int id, String reason);

    /** A new client of this listener has begun with an HTTP/1.x request. */
    void speaksHttp(ListenerKey listener);
  }

  private static final int MOST_UNDER_WAY = 16;

  /** For the app to accept, in ms; meanwhile nobody serves the connection. */
  private static final long PATIENCE_MILLIS = 1000;

  private final Libc libc;
  private final Log log;
  private final TcpSockets tcp;
  private final Deque<Ticket> waiting = new ArrayDeque<>();
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

  private static final class Ticket {
    final int id;
    final InetSocketAddress listener;
    final int moved;
    int ours = -1;
    Reactor.Timer deadline;

    Ticket(int id, InetSocketAddress listener, int moved) {
      this.id = id;
      this.listener = listener;
      this.moved = moved;
    }
  }

  /**
   * On the reactor's thread.
   *
   * @param moved taken over by this method
   */
  public void arrive(int id, ListenerKey listener, int moved) {
    waiting.add(new Ticket(id, listener.reachableAt(), moved));
    openMore();
  }

  private void openMore() {
    while (!waiting.isEmpty() && underWay.size() < MOST_UNDER_WAY) {
      open(waiting.poll());
    }
  }

  private void open(Ticket ticket) {
    InetSocketAddress target = ticket.listener;
    int family = target.getAddress() instanceof Inet4Address ? Libc.AF_INET : Libc.AF_INET6;
    try {
      ticket.ours = tcp.bound(family, target.getAddress());
      underWay.put(tcp.local(ticket.ours), ticket);
      tcp.connect(ticket.ours, family, target);
      reactor.watch(ticket.ours, () -> onEnd(ticket));
      ticket.deadline = reactor.after(PATIENCE_MILLIS, () -> onDeadline(ticket));
    } catch (IOException failure) {
      reject(ticket, failure.getMessage());
    }
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
    try {
      InetSocketAddress client = client(ticket.moved);
      if (client != null) {
        RemoteAddress.set(remote, client);
      }
      libc.setNonBlocking(ticket.moved, libc.isNonBlocking(fd));
      libc.replace(fd, ticket.moved);
      reactor.post(() -> taken(ticket));
    } catch (IOException | ReflectiveOperationException failure) {
      reactor.post(() -> reject(ticket, failure.toString()));
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

  private void taken(Ticket ticket) {
    libc.close(ticket.moved);
    forget(ticket);
    tcp.abort(ticket.ours); // The app has another connection in its place.
    owner.taken(ticket.id);
    openMore();
  }

  /** It is busy, or has as many connections as it will have. */
  private void onDeadline(Ticket ticket) {
    if (underWay.values().remove(ticket)) {
      List<Ticket> behind = new ArrayList<>(waiting);
      waiting.clear();
      reject(ticket, "the application has not accepted it for " + PATIENCE_MILLIS + " ms");
      behind.forEach(next -> reject(next, "the application does not accept those before it"));
    }
  }

  /** Our end hears of it when the app's end was closed or replaced. */
  private void onEnd(Ticket ticket) {
    if (underWay.values().remove(ticket)) {
      reject(ticket, "the application does not accept it");
    } else {
      reactor.unwatch(ticket.ours);
    }
  }

  private void reject(Ticket ticket, String reason) {
    underWay.values().remove(ticket);
    libc.close(ticket.moved);
    if (ticket.ours >= 0) {
      forget(ticket);
      libc.close(ticket.ours); // An app that accepts it later sees a client that has left.
    }
    owner.rejected(ticket.id, reason);
    openMore();
  }

  private void forget(Ticket ticket) {
    reactor.unwatch(ticket.ours);
    if (ticket.deadline != null) {
      ticket.deadline.cancel();
    }
  }
}
