package io.graceful.notice;

import io.graceful.log.Log;
import io.graceful.os.Reactor;
import io.graceful.process.ProcessStarter;
import java.util.Map;
import java.util.function.Consumer;

/** Who is told what happens: the option hook. On the reactor's thread. */
public interface Recipient {

  /**
   * Returns at once.
   *
   * @param facts by the names of environment variables
   * @param whenDone gets what went wrong, in words that go on from nothing, or null; at once or
   *     later
   */
  void tell(String event, Map<String, String> facts, Consumer<String> whenDone);

  /**
   * @param value of the option: an address or a program
   * @param limitMillis how long it may take
   * @param limit the same, in words
   */
  static Recipient of(
      String value,
      long limitMillis,
      String limit,
      ProcessStarter starter,
      Reactor reactor,
      Log log) {
    return WebAddress.isOne(value)
        ? new WebAddress(value, limitMillis, limit, reactor, log)
        : new Program(value, limitMillis, limit, starter, reactor, log);
  }
}
