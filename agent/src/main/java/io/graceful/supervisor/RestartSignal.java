package io.graceful.supervisor;

import io.graceful.config.Option;
import io.graceful.config.OptionException;
import io.graceful.config.Options;
import java.util.List;
import java.util.Map;

/** By which signal the server's agent is asked to restart: the first of its restart.signal. */
public final class RestartSignal {

  /** The default, for which the agent is ready from the beginning of a new process on. */
  private static final String BEST = "USR2";

  private RestartSignal() {}

  /**
   * @param agentOptions with which the server's agent is loaded
   * @return without SIG
   * @throws OptionException if the agent would refuse its options, or if the signal is one by which
   *     the server is stopped
   */
  public static String of(String agentOptions, Map<String, String> environment)
      throws OptionException {
    List<String> signals = Options.read(agentOptions, environment).signals(Option.RESTART_SIGNAL);
    for (String signal : signals) {
      if (signal.equals("TERM") || signal.equals("INT")) {
        throw new OptionException(
            "restart.signal has "
                + signal
                + ", by which run stops the server; take USR2, and send that to run");
      }
    }
    return signals.contains(BEST) ? BEST : signals.get(0);
  }
}
