package apps;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicLong;

/** One run of a server: who it is, what it leaves in its state directory, how it misbehaves. */
public final class App {

  private static final int EXIT_AFTER_BIND = 5;
  private static final int CRASH = 6;

  private final Options options;
  private final StateDirectory state;
  private final String pid;
  private final long generation;

  private App(Options options) throws IOException {
    this.options = options;
    this.state = new StateDirectory(options.text("state", null));
    this.pid = new File("/proc/self").getCanonicalFile().getName();
    this.generation = state.append("starts", pid);
    appendRelease();
  }

  /**
   * Registers the start, adds the shutdown hooks and misbehaves as told; to be called before
   * anything is bound.
   */
  public static App start(Options options) {
    try {
      App app = new App(options);
      app.addShutdownHooks();
      app.handleSignals();
      app.misbehaveBeforeBinding();
      return app;
    } catch (IOException e) {
      throw new UncheckedIOException("can't use " + options.text("state", null), e);
    }
  }

  /** Which jar this is, if it tells. */
  private void appendRelease() throws IOException {
    try (InputStream release = App.class.getResourceAsStream("/release")) {
      if (release != null) {
        BufferedReader lines = new BufferedReader(new InputStreamReader(release, US_ASCII));
        state.append("releases", lines.readLine());
      }
    }
  }

  /** The body of the front page. */
  public String identity() {
    return "pid=" + pid + " generation=" + generation + "\n";
  }

  /**
   * What a client can't mistake for anybody else's answer: who answers, from which port it believes
   * to have been asked, and what the client called this request.
   *
   * @param port of the client; 0 where it has none
   * @param rawQuery with the client's {@code tag}
   */
  public String identityFor(int port, String rawQuery) {
    return "pid="
        + pid
        + " generation="
        + generation
        + " peer="
        + port
        + " tag="
        + Query.number(rawQuery, "tag")
        + "\n";
  }

  public StateDirectory state() {
    return state;
  }

  public boolean bindsFewerListeners() {
    return reached("fewer-from");
  }

  /** Whether a server that can limit its connections does. */
  public boolean hasConnectionLimit() {
    return reached("limit-from");
  }

  /** To be called between bind and the first accept, where the server lets us. */
  public void bound() {
    if (reached("exit-bound-from")) {
      System.exit((int) options.number("exit-bound-code", EXIT_AFTER_BIND));
    }
    if (reached("hang-bound-from")) {
      sleepForever();
    }
  }

  /** To be called when the server accepts connections. */
  public void serving() {
    churn();
    if (options.isOn("obedient")) {
      obey();
    }
    if (reached("crash-from")) {
      daemon(
          () -> {
            state.await("crash");
            Runtime.getRuntime().halt(CRASH);
          });
    }
  }

  private void obey() {
    Orders orders = new Orders(state, generation);
    daemon(orders::exit);
    daemon(orders::hog);
  }

  private void churn() {
    AtomicLong rounds = new AtomicLong();
    for (long i = options.number("churn", 0); i > 0; i--) {
      daemon(new Churn(state, pid + "-" + i, rounds));
    }
    if (options.has("churn")) {
      onShutdown(() -> state.append("churned", rounds.toString()));
    }
  }

  public static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public static void sleepForever() {
    while (!Thread.currentThread().isInterrupted()) {
      sleep(Long.MAX_VALUE);
    }
  }

  private void addShutdownHooks() {
    onShutdown(() -> state.append("stops", pid));
    if (options.has("slow-hook")) {
      onShutdown(
          () -> {
            sleep(options.number("slow-hook"));
            state.append("slow-stops", pid);
          });
    }
    if (options.isOn("ignore-shutdown")) {
      onShutdown(App::sleepForever);
    }
  }

  private void handleSignals() {
    handleSignals("own-signals", false);
    handleSignals("logged-signals", true);
  }

  private void handleSignals(String key, boolean handsOn) {
    if (options.has(key)) {
      for (String signal : options.text(key).split("\\+")) {
        OwnSignal.handle(signal, handsOn, () -> state.append("signals", pid + " " + signal));
      }
    }
  }

  private void misbehaveBeforeBinding() {
    sleep(options.number("slow-start", 0));
    if (reached("exit-from")) {
      System.err.println("app: cannot start: no licence");
      System.exit((int) options.number("exit-code", 1));
    }
    if (reached("hang-from")) {
      sleepForever();
    }
  }

  private boolean reached(String key) {
    return options.has(key) && generation >= options.number(key);
  }

  private static void onShutdown(Runnable action) {
    Runtime.getRuntime().addShutdownHook(new Thread(action));
  }

  private static void daemon(Runnable action) {
    Thread thread = new Thread(action);
    thread.setDaemon(true);
    thread.start();
  }
}
