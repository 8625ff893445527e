package io.graceful.agent;

import io.graceful.config.Option;
import io.graceful.config.Options;
import io.graceful.log.Log;
import io.graceful.os.JavaSignals;
import io.graceful.os.JavaSignals.Previous;
import io.graceful.os.Reactor;
import io.graceful.restart.Lifecycle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The signals that ask for a graceful stop, or for a restart where that is not SIGUSR2. They are
 * caught before the application's main method begins, so that a handler of its own always comes
 * later: it gets the signal, as it would without us, and can hand it on to ours.
 */
final class CaughtSignals {

  private final Log log;
  private final List<String> early = new ArrayList<>();
  private Reactor reactor;
  private Lifecycle lifecycle;

  /** Why restarts are refused; null if they are not. */
  private String refusal;

  CaughtSignals(Log log) {
    this.log = log;
  }

  /** What stops does so without grace, and a restart waits, until they are {@link #obey obeyed}. */
  void catchThem(Options options) {
    for (String signal : options.signals(Option.RESTART_SIGNAL)) {
      if (!signal.equals(RestartTrap.SIGNAL)
          && !catchSignal(signal, "restart", new RestartRequest(signal))) {
        log.info("no restart by SIG" + signal + ": this process was started to ignore it (nohup?)");
      }
    }
    for (String signal : options.signals(Option.STOP_SIGNALS)) {
      catchSignal(signal, "graceful stop", new StopRequest(signal));
    }
  }

  synchronized void obey(Reactor reactor, Lifecycle lifecycle) {
    this.reactor = reactor;
    this.lifecycle = lifecycle;
    answerEarlyOnes();
  }

  /** What asks for a restart is answered with this from now on. */
  synchronized void refuse(String reason) {
    refusal = reason;
    answerEarlyOnes();
  }

  private void answerEarlyOnes() {
    List<String> waiting = new ArrayList<>(early);
    early.clear();
    for (String signal : waiting) {
      restart(signal);
    }
  }

  /** Returns false if the process ignores the signal. */
  private boolean catchSignal(String signal, String purpose, Consumer<Previous> handler) {
    try {
      return JavaSignals.handle(signal, handler);
    } catch (UnsupportedOperationException taken) {
      log.info("no " + purpose + " by SIG" + signal + ": " + taken.getMessage());
      return true;
    }
  }

  private synchronized boolean isObeyed() {
    return lifecycle != null;
  }

  private synchronized void restart(String signal) {
    if (refusal != null) {
      log.info("SIG" + signal + ": restart refused: " + refusal);
    } else if (lifecycle == null) {
      early.add(signal);
    } else {
      reactor.post(() -> lifecycle.restartRequested("SIG" + signal));
    }
  }

  private final class RestartRequest implements Consumer<Previous> {
    private final String signal;

    RestartRequest(String signal) {
      this.signal = signal;
    }

    @Override
    public void accept(Previous previous) {
      restart(signal);
    }
  }

  private final class StopRequest implements Consumer<Previous> {
    private final String signal;

    StopRequest(String signal) {
      this.signal = signal;
    }

    @Override
    public void accept(Previous previous) {
      if (isObeyed()) {
        reactor.post(() -> lifecycle.stopRequested(signal, previous));
      } else {
        previous.handle();
      }
    }
  }
}
