package io.graceful.supervisor;

import io.graceful.os.JavaSignals;
import io.graceful.os.Libc;
import io.graceful.os.Reactor;
import io.graceful.os.SignalTrap;
import java.io.IOException;
import java.util.function.Consumer;

/** The signals that this process gets, on the reactor's thread. */
final class Signals {

  /** Whom they are for. */
  interface Receiver {

    void onUsr2();

    void onHup();

    void onTerm();

    void onInt();

    /** One child or several have ended. */
    void onChild();
  }

  private final Libc libc;
  private final Reactor reactor;

  private Signals(Libc libc, Reactor reactor) {
    this.libc = libc;
    this.reactor = reactor;
  }

  /** From now on. */
  static void pass(Libc libc, Reactor reactor, Receiver receiver) throws IOException {
    Signals signals = new Signals(libc, reactor);
    signals.trapUsr2(receiver);
    signals.pass(
        "HUP",
        new Runnable() {
          @Override
          public void run() {
            receiver.onHup();
          }
        });
    signals.pass(
        "TERM",
        new Runnable() {
          @Override
          public void run() {
            receiver.onTerm();
          }
        });
    signals.pass(
        "INT",
        new Runnable() {
          @Override
          public void run() {
            receiver.onInt();
          }
        });
    signals.pass(
        "CHLD",
        new Runnable() {
          @Override
          public void run() {
            receiver.onChild();
          }
        });
  }

  private void trapUsr2(Receiver receiver) throws IOException {
    int counter = SignalTrap.install(libc, Libc.SIGUSR2).counter();
    reactor.watch(
        counter,
        new Runnable() {
          @Override
          public void run() {
            libc.take(counter);
            receiver.onUsr2();
          }
        });
  }

  private void pass(String signal, Runnable task) {
    JavaSignals.handle(
        signal,
        new Consumer<JavaSignals.Previous>() {
          @Override
          public void accept(JavaSignals.Previous previous) {
            reactor.post(task);
          }
        });
  }
}
