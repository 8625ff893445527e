package io.graceful.notice;

import io.graceful.log.Log;
import io.graceful.os.Libc;
import io.graceful.os.Reactor;
import io.graceful.process.ChildProcess;
import io.graceful.process.ProcessStarter;
import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;

/** A program of the operator's: it is started with the event as its argument. */
final class Program implements Recipient {

  private static final long LOOK_MILLIS = 50;

  private final String path;
  private final long limitMillis;
  private final String limit;
  private final ProcessStarter starter;
  private final Reactor reactor;
  private final Log log;

  Program(
      String path,
      long limitMillis,
      String limit,
      ProcessStarter starter,
      Reactor reactor,
      Log log) {
    this.path = path;
    this.limitMillis = limitMillis;
    this.limit = limit;
    this.starter = starter;
    this.reactor = reactor;
    this.log = log;
  }

  @Override
  public void tell(String event, Map<String, String> facts, Consumer<String> whenDone) {
    try {
      new Run(event, starter.startHook(path, event, facts), whenDone).begin();
    } catch (IOException failure) {
      log.error("hook: " + failure.getMessage());
      whenDone.accept("the hook could not be asked: " + failure.getMessage());
    }
  }

  private final class Run {
    private final String event;
    private final ChildProcess process;
    private final Consumer<String> whenDone;
    private Reactor.Timer deadline;
    private boolean over;

    Run(String event, ChildProcess process, Consumer<String> whenDone) {
      this.event = event;
      this.process = process;
      this.whenDone = whenDone;
    }

    void begin() {
      deadline = reactor.after(limitMillis, this::onTimeout);
      if (process.handle() >= 0) {
        reactor.watch(process.handle(), this::look);
      } else {
        poll();
      }
    }

    private void poll() {
      look();
      if (!over) {
        reactor.after(LOOK_MILLIS, this::poll);
      }
    }

    private void look() {
      String end = process.end();
      if (end == null || over) {
        return;
      }
      over = true;
      reactor.unwatch(process.handle());
      deadline.cancel();
      if (end.equals("exited with 0")) {
        whenDone.accept(null);
      } else {
        log.error("hook: " + path + " " + event + " " + end);
        whenDone.accept("the hook " + path + " " + end);
      }
    }

    private void onTimeout() {
      log.error(
          "hook: "
              + path
              + " "
              + event
              + " did not end within "
              + limit
              + " (hook.timeout): killing it");
      process.signal(Libc.SIGKILL);
    }
  }
}
