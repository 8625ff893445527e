package io.graceful.it.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Thousands of keep-alive connections that one thread holds, with requests at a fixed rate over all
 * of them, the one that has rested longest first. As strict as {@link KeepAliveClient}: each
 * request is sent once, blindly, and its answer must be its own.
 */
public final class Crowd implements AutoCloseable {
  private static final int CONNECTING_AT_ONCE = 100; // far less than any backlog
  private static final int CONNECT_MILLIS = 5_000;
  private static final int READ_MILLIS = 30_000;
  private static final int GLANCE_MILLIS = 100; // at what may have waited for too long
  private static final long PAUSE_AFTER_LOSS_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final long FAR_BEHIND_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final InetSocketAddress server;
  private final double perSecond;
  private final int readMillis;
  private final CrowdTally tally;
  private final Selector selector;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
  private final List<CrowdMember> members = new ArrayList<>();
  private final Queue<CrowdMember> toConnect = new ArrayDeque<>();
  private final LinkedHashSet<CrowdMember> connecting = new LinkedHashSet<>();
  private final Queue<CrowdMember> resting = new ArrayDeque<>();
  private final LinkedHashSet<CrowdMember> waiting = new LinkedHashSet<>();
  private final Thread thread = new Thread(this::run, "load-crowd");
  private volatile boolean isComplete;
  private volatile boolean stopped;
  private volatile Throwable broken;
  private long begin;
  private long sent;

  private Crowd(InetSocketAddress server, int connections, double perSecond, int readMillis)
      throws IOException {
    this.server = server;
    this.perSecond = perSecond;
    this.readMillis = readMillis;
    this.tally = new CrowdTally(connections);
    this.selector = Selector.open();
    for (int i = 0; i < connections; i++) {
      members.add(new CrowdMember(i));
    }
    toConnect.addAll(members);
    thread.setDaemon(true);
    thread.start();
  }

  /** Opens the connections in the background; the requests begin when all are open. */
  public static Crowd against(InetSocketAddress server, int connections, double perSecond)
      throws IOException {
    return new Crowd(server, connections, perSecond, READ_MILLIS);
  }

  /**
   * @param readMillis how long an answer may take
   */
  static Crowd against(InetSocketAddress server, int connections, double perSecond, int readMillis)
      throws IOException {
    return new Crowd(server, connections, perSecond, readMillis);
  }

  /** Whether every connection has been opened, and requests are being sent. */
  public boolean isComplete() {
    check();
    return isComplete;
  }

  /** How many connections have been answered last by this process. */
  public int connectionsAnsweredBy(long pid) {
    check();
    return tally.connectionsAnsweredBy(pid);
  }

  /** What has happened since the last report, or since the beginning. */
  public CrowdReport report() {
    check();
    return tally.take();
  }

  /** Sends no more requests, and returns when those in flight are answered, or are too late. */
  public void stop() throws InterruptedException {
    stopped = true;
    selector.wakeup();
    thread.join(Duration.ofMillis(readMillis + CONNECT_MILLIS).toMillis());
    check();
    if (thread.isAlive()) {
      throw new IllegalStateException("the crowd doesn't disperse");
    }
  }

  @Override
  public void close() {
    try {
      stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (!stopped || !waiting.isEmpty()) {
        long now = System.nanoTime();
        if (!stopped) {
          connectSome(now);
          sendWhatIsDue(now);
        }
        giveUpOnTheLate(now);
        selector.select(this::onReady, pause());
      }
    } catch (IOException | RuntimeException e) {
      broken = e;
    } finally {
      members.forEach(CrowdMember::close);
      closeSelector();
    }
  }

  /** In ms, until something may have to be done that nobody wakes us for. */
  private long pause() {
    if (!isComplete || stopped || resting.isEmpty()) {
      return isComplete ? GLANCE_MILLIS : 10;
    }
    long left = TimeUnit.NANOSECONDS.toMillis(due() - System.nanoTime());
    return Math.max(1, Math.min(GLANCE_MILLIS, left));
  }

  private long due() {
    return begin + (long) (sent * TimeUnit.SECONDS.toNanos(1) / perSecond);
  }

  private void connectSome(long now) {
    while (connecting.size() < CONNECTING_AT_ONCE
        && !toConnect.isEmpty()
        && toConnect.peek().mayConnect(now)) {
      CrowdMember member = toConnect.remove();
      connecting.add(member);
      try {
        member.connect(server, selector, now);
      } catch (IOException e) {
        lose(member, RequestFailed.connecting(e));
      }
    }
    if (!isComplete && toConnect.isEmpty() && connecting.isEmpty()) {
      begin = now;
      isComplete = true;
    }
  }

  private void sendWhatIsDue(long now) {
    if (isComplete && now - due() > FAR_BEHIND_NANOS) {
      // A machine that can't keep the pace would otherwise be late for ever after.
      begin = now;
      sent = 0;
      tally.fellBehind();
    }
    while (isComplete && !resting.isEmpty() && due() - now <= 0) {
      CrowdMember member = resting.remove();
      long due = due();
      sent++;
      tally.started();
      waiting.add(member);
      try {
        member.send(due, now);
      } catch (IOException e) {
        lose(member, RequestFailed.transferring("sending", e));
      }
    }
  }

  private void giveUpOnTheLate(long now) {
    giveUpOnTheLate(
        connecting, now - TimeUnit.MILLISECONDS.toNanos(CONNECT_MILLIS), Failure.CONNECT_TIMEOUT);
    giveUpOnTheLate(waiting, now - TimeUnit.MILLISECONDS.toNanos(readMillis), Failure.READ_TIMEOUT);
  }

  /** Those that have begun first come first. */
  private void giveUpOnTheLate(LinkedHashSet<CrowdMember> members, long earliest, Failure failure) {
    while (!members.isEmpty()) {
      Iterator<CrowdMember> first = members.iterator();
      CrowdMember member = first.next();
      if (member.since() - earliest >= 0) {
        return;
      }
      lose(member, new RequestFailed(failure, "no answer for too long"));
    }
  }

  private void onReady(SelectionKey key) {
    CrowdMember member = (CrowdMember) key.attachment();
    if (key.isConnectable()) {
      connected(member);
    } else {
      received(member);
    }
  }

  private void connected(CrowdMember member) {
    try {
      member.finishConnecting();
      connecting.remove(member);
      tally.connected();
      resting.add(member);
    } catch (IOException e) {
      lose(member, RequestFailed.connecting(e));
    }
  }

  private void received(CrowdMember member) {
    boolean wasWaiting = waiting.contains(member);
    try {
      Greeting greeting = member.receive(buffer, wasWaiting);
      if (greeting != null) {
        waiting.remove(member);
        tally.answered(member, System.nanoTime(), greeting.pid());
        member.answeredBy(greeting.pid());
        if (member.wasToldToLeave()) {
          tally.closeAnnounced();
          leave(member);
        } else {
          resting.add(member);
        }
      }
    } catch (RequestFailed e) {
      lose(member, e);
    }
  }

  /** Counts a failed request, or a connection that was closed between two of them. */
  private void lose(CrowdMember member, RequestFailed why) {
    boolean wasOpen = !connecting.remove(member) && member.isOpen();
    if (waiting.remove(member)) {
      tally.failed(member.failed(why));
    } else if (wasOpen) {
      resting.remove(member);
      tally.closedWhileResting(member.failed(why));
    } else {
      tally.started();
      tally.failed(member.failed(why));
    }
    if (wasOpen) {
      tally.lost();
    }
    leave(member);
  }

  private void leave(CrowdMember member) {
    member.close();
    member.notBefore(System.nanoTime() + PAUSE_AFTER_LOSS_NANOS);
    toConnect.add(member);
  }

  private void closeSelector() {
    try {
      selector.close();
    } catch (IOException e) {
      // Nothing is left in it.
    }
  }

  private void check() {
    if (broken != null) {
      throw new IllegalStateException("the crowd is broken: " + broken, broken);
    }
  }
}
