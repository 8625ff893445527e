package io.graceful.os;

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
   * Replaces the handler of a signal.
   *
   * @param name without SIG, e.g. TERM
   * @param handler runs on a thread of the JVM's
   * @return null if the process ignores the signal, as under nohup: it goes on to
   * @throws UnsupportedOperationException if the JVM or the operating system keeps the signal; says
   *     what to do
   */
  public static Previous handle(String name, Runnable handler) {
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
    private final Runnable handler;
    private SignalHandler before;

    private Handler(Signal signal, Runnable handler) {
      this.signal = signal;
      this.handler = handler;
    }

    static Previous install(String name, Runnable handler) {
      Handler ours = new Handler(new Signal(name), handler);
      ours.before = Signal.handle(ours.signal, ours);
      if (ours.before == SignalHandler.SIG_IGN) {
        Signal.handle(ours.signal, ours.before);
        return null;
      }
      return ours;
    }

    @Override
    public void handle(Signal received) {
      handler.run();
    }

    @Override
    public void handle() {
      before.handle(signal);
    }
  }
}
