package sun.misc;

/** Declaration only. */
public final class Signal {

  public Signal(String name) {}

  public int getNumber() {
    throw new UnsupportedOperationException("declaration only");
  }

  /** Installs a handler, and returns the one before. */
  public static SignalHandler handle(Signal signal, SignalHandler handler) {
    throw new UnsupportedOperationException("declaration only");
  }
}
