package sun.misc;

/** Declaration only. */
public interface SignalHandler {

  /** The signal is ignored. */
  SignalHandler SIG_IGN = null;

  void handle(Signal signal);
}
