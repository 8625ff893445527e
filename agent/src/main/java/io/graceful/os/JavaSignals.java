package io.graceful.os;

import java.util.function.Consumer;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/** Signals that HotSpot leaves to Java, through sun.misc.Signal. */
public final class JavaSignals {

  private JavaSignals() {}

  /** What was there before us. */
  public interface Previous {
    void handle();
  }

  /**
   * The number of a signal here.
   *
   * @param name without SIG
   */
  public static int number(String name) {
    return Handler.number(name);
  }

  /**
   * Replaces the handler of a signal.
   *
   * @param name without SIG, e.g. TERM
   * @param handler runs on a thread of the JVM's, each time; gets what was there before
   * @return false if the process ignores the signal, as under nohup: it goes on to
   * @throws UnsupportedOperationException if the JVM or the operating system keeps the signal; says
   *     what to do
   */
  public static boolean handle(String name, Consumer<Previous> handler) {
    try {
      return Handler.install(name, handler);
    } catch (LinkageError trimmed) {
      throw new UnsupportedOperationException(
          "this Java runtime has no module jdk.unsupported: add it", trimmed);
    } catch (IllegalArgumentException taken) {
      throw new UnsupportedOperationException(taken.getMessage() + " (-Xrs?)", taken);
    }
  }

  /** Apart from the rest, so that this class loads in a runtime without jdk.unsupported. */
  private static final class Handler implements SignalHandler, Previous {
    private final Signal signal;
    private final Consumer<Previous> handler;

    /** The signal may come before it is known here. */
    private SignalHandler before;

    private Handler(Signal signal, Consumer<Previous> handler) {
      this.signal = signal;
      this.handler = handler;
    }

    static int number(String name) {
      return new Signal(name).getNumber();
    }

    static boolean install(String name, Consumer<Previous> handler) {
      Handler ours = new Handler(new Signal(name), handler);
      synchronized (ours) {
        ours.before = Signal.handle(ours.signal, ours);
        if (ours.before == SignalHandler.SIG_IGN) {
          Signal.handle(ours.signal, ours.before);
          return false;
        }
        return true;
      }
    }

    @Override
    public void handle(Signal received) {
      handler.accept(this);
    }

    @Override
    public void handle() {
      previous().handle(signal);
    }

    private synchronized SignalHandler previous() {
      return before;
    }
  }
}
