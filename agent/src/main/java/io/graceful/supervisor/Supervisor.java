package io.graceful.supervisor;

import io.graceful.log.Log;
import io.graceful.os.ErrnoException;
import io.graceful.os.JavaSignals;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import io.graceful.os.Reactor;
import io.graceful.os.WaitStatus;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Keeps a server running, through all of its generations and crashes. Everything happens on the
 * reactor's thread. There are no lambdas here and below: on recent JVMs the first one costs several
 * megabytes for good.
 */
public final class Supervisor implements Signals.Receiver, Notifications.Listener {

  /** What SIGHUP means. */
  public enum Hangup {
    FORWARD,
    RESTART,
    IGNORE;

    /** As it is written on the command line. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int SIGHUP = 1;
  private static final int SIGINT = 2;
  private static final int NONE = -1;

  /** For the server to say that it stops: it may have got the signal too. */
  private static final long HEARSAY_MILLIS = 1000;

  private final Libc libc;
  private final Log log;
  private final Reactor reactor;
  private final Notifications notifications;
  private final Children children;
  private final Starter starter;
  private final SocketStore sockets;
  private final BackOff backOff = new BackOff();
  private final Hangup hangup;
  private final int restartSignal;
  private final int pid;
  private final int user;

  /** Null if this process was not started by systemd. */
  private OwnManager manager;

  /** Null while none runs. */
  private Server server;

  private boolean hasServed;
  private boolean stopping;
  private boolean wasAsked;
  private boolean restartWanted;

  /** 0 if none was passed on. */
  private int stopSignal;

  /** Of the generations that were followed, see {@link Server#started}: one may be gone by then. */
  private long latestStart;

  /** The exit code, where the server has ended in a stop and its successor is still to end. */
  private int codeOfServed = NONE;

  /**
   * @param restartSignal that the server's agent obeys, without SIG
   * @param command the program first
   * @throws IOException if it can't be started
   */
  public Supervisor(
      Libc libc, Log log, int pid, Hangup hangup, String restartSignal, List<byte[]> command)
      throws IOException {
    this.libc = libc;
    this.log = log;
    this.pid = pid;
    this.restartSignal = JavaSignals.number(restartSignal);
    this.hangup = restartSignal.equals("HUP") && hangup == Hangup.FORWARD ? Hangup.RESTART : hangup;
    this.user = libc.effectiveUser();
    this.reactor =
        new Reactor(
            libc,
            new Consumer<Throwable>() {
              @Override
              public void accept(Throwable failure) {
                log.error("this is a bug of the supervisor: " + failure);
              }
            });
    this.notifications = new Notifications(libc, log, pid, this);
    this.children = new Children(libc, log);
    this.sockets = new SocketStore(libc);
    this.starter = new Starter(libc, command, notifications.address());
  }

  /** Does not return: this process ends as the server does. */
  public void run() throws IOException {
    libc.becomeSubreaper();
    Signals.pass(libc, reactor, this);
    notifications.hear(reactor);
    manager = OwnManager.find(libc, reactor, log, pid);
    PassedSockets.ofThisProcess().moveTo(sockets, libc, log);
    start();
    reactor.run();
  }

  @Override
  public void onUsr2() {
    restart("SIGUSR2");
  }

  @Override
  public void onHup() {
    if (hangup == Hangup.RESTART) {
      restart("SIGHUP");
    } else if (hangup == Hangup.FORWARD && server != null) {
      server.passOn(SIGHUP);
    }
  }

  @Override
  public void onTerm() {
    if (manager == null) {
      stop(Libc.SIGTERM);
    } else {
      stopOnce(Libc.SIGTERM); // systemd tells each process of the service (KillMode=control-group).
    }
  }

  @Override
  public void onInt() {
    stopOnce(SIGINT); // A terminal's Ctrl-C reaches the server too.
  }

  @Override
  public void onChild() {
    lookForEnds();
  }

  private void lookForEnds() {
    Server looked = server;
    // Looked at first: one that ends after that, and is our child, is reaped here or next time.
    boolean hasEnded = looked != null && !looked.isRunning();
    int status = children.reap(looked == null ? 0 : looked.pid());
    if (status != Children.UNKNOWN || hasEnded) {
      notifications.hearWaiting(); // What it has said before.
      if (server == looked) { // Else it has said who serves in its place.
        onEnd(status);
      }
    }
  }

  private void start() throws IOException {
    follow(Server.of(libc, starter.start(sockets)));
  }

  private void follow(Server next) {
    leave();
    server = next;
    latestStart = Math.max(latestStart, next.started());
    next.watch(
        reactor,
        new Runnable() {
          @Override
          public void run() {
            lookForEnds();
          }
        });
  }

  private void leave() {
    if (server != null) {
      server.forget(reactor);
      server = null;
    }
  }

  /** Before the server is ready, the signal could kill it. */
  private void restart(String source) {
    if (server != null && server.isFromOutside()) {
      log.error(
          source
              + ": pid "
              + server.pid()
              + " has taken over from outside, so it is not restarted: the new process could not be"
              + " followed; let that take over from outside too");
    } else if (server != null && server.isReady()) {
      server.signal(restartSignal);
    } else if (server != null && server.readyDescendant() != 0) {
      log.error(source + ": " + aboutScript());
    } else if (server == null) {
      log.info(source + ": the server is about to be started: that is enough");
    } else {
      log.info(source + ": the restart begins when the server is ready");
      restartWanted = true;
    }
  }

  /**
   * A second signal would stop the server at once; it may have told of the first one already when
   * we get ours.
   */
  private void stopOnce(int signal) {
    if (wasAsked) {
      stop(signal);
      return;
    }
    wasAsked = true;
    reactor.after(
        HEARSAY_MILLIS,
        new Runnable() {
          @Override
          public void run() {
            if (!stopping) {
              stop(signal);
            }
          }
        });
  }

  /** The signal went to its predecessor, which has drained and ends. */
  private void stopToo(Server next) {
    if (manager == null) {
      next.signal(Libc.SIGTERM);
      return;
    }
    reactor.after(
        HEARSAY_MILLIS,
        new Runnable() {
          @Override
          public void run() {
            if (server == next && !next.isStopping()) {
              next.signal(Libc.SIGTERM);
            }
          }
        });
  }

  private void stop(int signal) {
    stopSignal = signal;
    stopForGood();
    if (server == null) {
      exit(WaitStatus.ofSignal(signal));
    }
    server.passOn(signal);
  }

  /** Nothing is started any more: clients need not wait for it. */
  private void stopForGood() {
    stopping = true;
    sockets.close();
  }

  @Override
  public void onNotification(Notification notification) throws ErrnoException {
    if (notification.user() != user || !isHeard(notification.sender())) {
      if (notification.says("READY=1") && isOfScript(notification.sender())) {
        server.setReadyDescendant(notification.sender());
        log.error(aboutScript());
      }
      log.debug("pid " + notification.sender() + " is not the server: not heard");
      return;
    }
    if (notification.says("FDSTORE=1")) {
      sockets.keep(notification.text("FDNAME"), notification.descriptors());
    }
    if (notification.says("FDSTOREREMOVE=1")) {
      sockets.remove(notification.text("FDNAME"));
    }
    int main = notification.pid("MAINPID");
    if (main != 0 && main != server.pid()) {
      if (!server.isRunning()) {
        log.info("pid " + server.pid() + " has ended; pid " + main + " goes on");
      }
      follow(Server.of(libc, main));
      if (!notifications.knows(main)) {
        server.setFromOutside();
      }
      if (stopping) {
        stopToo(server);
      }
    }
    if (manager != null) {
      manager.passOn(notification);
    }
    if (notification.says("READY=1")) {
      hasServed = true;
      server.setReady();
      if (restartWanted) {
        restartWanted = false;
        server.signal(restartSignal);
      }
    }
    if (notification.says("STOPPING=1")) {
      stopForGood();
      server.setStopping();
    }
  }

  /** Whether it has the server's task, as a child of a script that does not become the server. */
  private boolean isOfScript(int sender) {
    return server != null
        && !server.isReady()
        && notifications.knows(sender)
        && ProcFs.isDescendant(sender, server.pid());
  }

  private String aboutScript() {
    return "pid "
        + server.readyDescendant()
        + " is ready, but was started by pid "
        + server.pid()
        + ": it can be neither restarted nor started again; let the script start it with exec";
  }

  /** The server is, and one that goes on in its place when it has died. */
  private boolean isHeard(int sender) {
    return server != null
        && (sender == server.pid() || !server.isRunning() && notifications.knows(sender));
  }

  /**
   * @param status wait(2), or UNKNOWN, which may have been a crash: in the middle of a restart the
   *     server's parent may be another generation
   */
  private void onEnd(int status) {
    Server ended = server;
    if (wasAsked || ended.endedBySignal(status)) {
      stopForGood();
    }
    int successor = children.successor(notifications, latestStart);
    if (successor != 0) {
      String next = stopping ? "stopping pid " + successor : "pid " + successor + " goes on";
      log.info("pid " + ended.pid() + " has ended; " + next);
      follow(Server.of(libc, successor));
      if (stopping) {
        codeOfServed = exitCode(status);
        server.signal(Libc.SIGTERM);
      }
      return;
    }
    int predecessor = stopping ? children.predecessor(notifications, latestStart) : 0;
    if (predecessor != 0) {
      // It got the signal first, and still runs its shutdown hooks: that goes on to the end.
      codeOfServed = status == Children.UNKNOWN ? codeOfServed : exitCode(status);
      follow(Server.of(libc, predecessor));
      return;
    }
    leave();
    if (stopping || !hasServed || status == 0) {
      boolean served = codeOfServed == NONE || ended.isReady();
      exit(served ? exitCode(status) : codeOfServed);
    }
    restartWanted = false;
    long pause = backOff.afterCrash(ended.readyNanos());
    String crash =
        "pid "
            + ended.pid()
            + " "
            + (status == Children.UNKNOWN ? "has ended" : WaitStatus.inWords(status))
            + ": starting it again in "
            + pause
            + " ms; clients wait at "
            + sockets.descriptors().length
            + " sockets";
    log.error(crash);
    if (manager != null) {
      manager.tell(crash);
    }
    startIn(pause);
  }

  /** Of one that another generation has reaped, what a signal that was passed on usually does. */
  private int exitCode(int status) {
    if (status == Children.UNKNOWN) {
      return stopSignal == 0 ? 0 : WaitStatus.ofSignal(stopSignal);
    }
    return WaitStatus.exitCode(status);
  }

  private void startIn(long millis) {
    reactor.after(
        millis,
        new Runnable() {
          @Override
          public void run() {
            startAgain();
          }
        });
  }

  private void startAgain() {
    try {
      start();
    } catch (IOException failure) {
      long pause = backOff.afterCrash(0);
      log.error(
          "can't start the server: " + failure.getMessage() + "; trying again in " + pause + " ms");
      startIn(pause);
    }
  }

  /** At once: this process has no shutdown of its own. */
  private static void exit(int code) {
    Runtime.getRuntime().halt(code);
  }
}
