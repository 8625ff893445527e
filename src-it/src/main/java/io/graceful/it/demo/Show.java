package io.graceful.it.demo;

import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.load.Load;
import io.graceful.it.load.LoadReport;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The restarts, and what is seen of them. One thread restarts the server and posts what happens;
 * the caller's thread takes that, looks at the load and at the agent's lines ten times a second,
 * and draws.
 */
final class Show {
  private static final Pattern HANDED_OVER =
      Pattern.compile("graceful\\[(\\d+)]: handed over to .*");
  private static final int PLAIN_STATUS_MILLIS = 2_000;
  private static final int RATE_TICKS = 10;

  private final Server server;
  private final Load load;
  private final IdleClients idle;
  private final Timeline timeline;
  private final Screen screen;
  private final Style style;
  private final boolean plain;
  private final BlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
  private final Deque<Long> recentTotals = new ArrayDeque<>();
  private final long start = System.nanoTime();
  private LoadReport report;
  private int linesSeen;
  private int failuresSeen;
  private int restarts;
  private long nextStatus = PLAIN_STATUS_MILLIS;
  private boolean over;

  Show(
      Server server,
      Load load,
      IdleClients idle,
      Timeline timeline,
      Screen screen,
      Style style,
      boolean plain) {
    this.server = server;
    this.load = load;
    this.idle = idle;
    this.timeline = timeline;
    this.screen = screen;
    this.style = style;
    this.plain = plain;
  }

  /**
   * @return whether all went as promised
   */
  boolean run() {
    timeline.mark(server.serving().pid(), Mark.READY);
    Thread operator = new Thread(this::restartThreeTimes, "operator");
    operator.setDaemon(true);
    operator.start();
    long nextTick = 0;
    while (!over) {
      takeEvents(nextTick - millis());
      if (millis() >= nextTick) {
        look(load.snapshot());
        nextTick = millis() / Timeline.TICK_MILLIS * Timeline.TICK_MILLIS + Timeline.TICK_MILLIS;
      }
    }
    look(load.stop());
    idle.close();
    screen.close();
    Verdict verdict = new Verdict(report, idle, restarts, style);
    verdict.lines().forEach(screen::line);
    return verdict.isGood();
  }

  /** The operator. */
  private void restartThreeTimes() {
    try {
      TimeUnit.MILLISECONDS.sleep(Plan.BEFORE_FIRST_MILLIS);
      for (int i = 0; i < Plan.RESTARTS; i++) {
        long old = server.serving().pid();
        events.add(() -> happened(old, Mark.SIGNALLED, style.bold("$ kill -USR2 " + old)));
        Restart restart = server.beginRestart();
        long successor = restart.awaitSuccessor().pid();
        events.add(() -> timeline.generation(successor));
        restart.awaitAnswer();
        events.add(() -> timeline.mark(successor, Mark.READY));
        restart.awaitPredecessorGone();
        String status =
            restart.exitStatus().isPresent() ? " with " + restart.exitStatus().getAsInt() : "";
        events.add(
            () -> {
              restarts++;
              happened(old, Mark.EXITED, "pid " + old + " exited" + status);
            });
        TimeUnit.MILLISECONDS.sleep(Plan.BETWEEN_MILLIS);
      }
      events.add(() -> over = true);
    } catch (InterruptedException | AssertionError | RuntimeException failed) {
      events.add(
          () -> {
            say(style.alarm("the restart failed: " + failed.getMessage()));
            over = true;
          });
    }
  }

  private void takeEvents(long waitMillis) {
    try {
      Runnable event = events.poll(Math.max(0, waitMillis), TimeUnit.MILLISECONDS);
      if (event != null) {
        event.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      over = true;
    }
  }

  private void happened(long pid, Mark mark, String text) {
    showAgentLines();
    timeline.mark(pid, mark);
    say(text);
  }

  private void look(LoadReport now) {
    report = now;
    timeline.advanceTo(millis(), answeredByPid());
    showAgentLines();
    showFailures();
    recentTotals.addLast(report.succeeded());
    if (recentTotals.size() > RATE_TICKS + 1) {
      recentTotals.removeFirst();
    }
    if (plain && millis() >= nextStatus) {
      say(status() + "; answering: " + timeline.answering());
      nextStatus += PLAIN_STATUS_MILLIS;
    }
    screen.panel(panel());
  }

  private List<String> panel() {
    List<String> panel = new ArrayList<>();
    panel.add("");
    panel.add(style.dim("  Requests answered by each process"));
    panel.add("");
    panel.addAll(timeline.rows());
    panel.add("  " + style.dim(timeline.legend()));
    panel.add("");
    panel.add(Lines.at(millis(), status()));
    return panel;
  }

  private String status() {
    long failures = report.failed() + idle.failed();
    String failed = failures + " failed";
    return String.format(
        Locale.ROOT,
        "%d/s, %s answered, %s, %d connections reopened",
        perSecond(),
        Lines.number(report.succeeded() + idle.answered()),
        failures == 0 ? failed : style.alarm(failed),
        idle.reopened());
  }

  private long perSecond() {
    int ticks = recentTotals.size() - 1;
    return ticks < 1
        ? 0
        : (recentTotals.getLast() - recentTotals.getFirst())
            * 1000
            / ((long) ticks * Timeline.TICK_MILLIS);
  }

  /** What the operator's terminal shows, and anything else on stderr. */
  private void showAgentLines() {
    List<String> lines = server.stderr();
    for (String line : lines.subList(linesSeen, lines.size())) {
      Matcher handedOver = HANDED_OVER.matcher(line);
      if (handedOver.matches()) {
        timeline.mark(Long.parseLong(handedOver.group(1)), Mark.HANDED_OVER);
      }
      say(line);
    }
    linesSeen = lines.size();
  }

  private void showFailures() {
    List<String> examples =
        report.traffic().values().stream().flatMap(traffic -> traffic.examples().stream()).toList();
    if (examples.size() > failuresSeen) {
      say(style.alarm("a request failed: " + examples.get(examples.size() - 1)));
      failuresSeen = examples.size();
    }
  }

  private Map<Long, Long> answeredByPid() {
    Map<Long, Long> answered = new HashMap<>();
    report
        .traffic()
        .values()
        .forEach(traffic -> traffic.pids().forEach((pid, n) -> answered.merge(pid, n, Long::sum)));
    return answered;
  }

  private void say(String text) {
    screen.line(Lines.at(millis(), text));
  }

  private long millis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }
}
