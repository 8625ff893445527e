package io.graceful.it;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.load.Load;
import io.graceful.it.load.LoadReport;
import java.util.concurrent.TimeUnit;
import jnr.constants.platform.Signal;
import org.junit.jupiter.api.extension.ExtendWith;

/** A machine that has no time for the old process, just when its connections are to move. */
@ExtendWith(ServersExtension.class)
class StalledHandoverIT {

  private static final int STALLS = 5;

  /** Longer than anything that a process waits for in vain while it runs. */
  private static final int STALL_MILLIS = 2200;

  private static final int BREATH_MILLIS = 20;

  @EachJdk
  void no_connection_is_lost(int jdk, Servers servers) throws Exception {
    Server server = servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).start();
    ProcessId old = server.serving();
    Load load = Loads.startWithKeepAlive(server);

    Restart restart = server.beginRestart();
    while (server.stderr(line -> line.contains(" handed over to pid ")).isEmpty()) {
      Thread.onSpinWait(); // What is to be met lasts for some ms only.
    }
    for (int stall = 0; stall < STALLS && old.signal(Signal.SIGSTOP); stall++) {
      TimeUnit.MILLISECONDS.sleep(STALL_MILLIS);
      old.signal(Signal.SIGCONT);
      TimeUnit.MILLISECONDS.sleep(BREATH_MILLIS);
    }
    restart.complete();

    LoadReport report = load.stop();
    Loads.assertNothingFailed(report);
    Loads.assertConnectionsKept(report);
    Generations.assertQuiet(server);
  }
}
