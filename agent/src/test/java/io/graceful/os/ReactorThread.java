package io.graceful.os;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A reactor that runs, for all tests of a class; fails a test in which a callback has thrown. */
public final class ReactorThread implements AfterEachCallback {

  private static final int LIMIT_SECONDS = 60;

  public final Reactor reactor;
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  public ReactorThread() {
    try {
      reactor = new Reactor(LIBC, failures::add);
    } catch (ErrnoException full) {
      throw new IllegalStateException(full);
    }
    Thread thread = new Thread(reactor, "reactor-for-tests");
    thread.setDaemon(true);
    thread.start();
  }

  /** Waits for its end. */
  public <T> T call(Callable<T> task) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    reactor.post(
        () -> {
          try {
            result.complete(task.call());
          } catch (Throwable failure) {
            result.completeExceptionally(failure);
          }
        });
    return result.get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  /** Waits for its end. */
  public void run(Runnable task) throws Exception {
    call(
        () -> {
          task.run();
          return null;
        });
  }

  /** Until it has done what it was about to do. */
  public void settle() throws Exception {
    run(() -> {});
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Throwable[] thrown = failures.toArray(new Throwable[0]);
    failures.clear();
    assertThat(thrown).as("thrown on the reactor's thread").isEmpty();
  }
}
