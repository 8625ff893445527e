package io.graceful.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.graceful.it.app.Apps;
import io.graceful.it.app.Launch;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.ProcessId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jnr.constants.platform.Signal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A program of the operator's, or an address, is told what happens, and may refuse a restart. */
@ExtendWith(ServersExtension.class)
class HookIT {

  private static final Pattern PID_FIELD = Pattern.compile("RESTART_PID=(\\d+)");

  @TempDir private Path directory;

  @Test
  void is_told_of_each_step(Servers servers) throws Exception {
    Server server = launch(servers).option("stop.delay", "1s").start();
    ProcessId first = server.serving();
    String listener = " 127.0.0.1:" + server.port();
    awaitTold("ready " + first.pid() + " 1 -" + listener);

    server.restart();
    ProcessId second = server.serving();
    String ofFirst = " " + first.pid() + " 1 ";
    awaitTold(
        "ready " + first.pid() + " 1 -" + listener,
        "before-restart" + ofFirst + "-" + listener,
        "ready" + ofFirst + second.pid() + listener,
        "draining" + ofFirst + second.pid() + listener,
        "exiting" + ofFirst + second.pid() + listener);

    Files.writeString(directory.resolve("told"), "");
    server.signal(Signal.SIGTERM);
    server.awaitStderr("the delay", line -> line.contains("accepting for another 1s"));
    assertThat(server.greet().pid()).isEqualTo(second.pid());
    assertThat(server.awaitExit(second, Server.LIMIT)).hasValue(143);
    awaitTold(
        "draining " + second.pid() + " 2 -" + listener,
        "exiting " + second.pid() + " 2 -" + listener);
    Generations.assertQuiet(server);
  }

  @Test
  void may_refuse_a_restart(Servers servers) throws Exception {
    Server server = launch(servers).start();
    ProcessId pid = server.serving();
    Files.createFile(directory.resolve("refuse"));

    server.signal(Signal.SIGUSR2);

    server.awaitStderr(
        "the refusal",
        line ->
            line.startsWith("graceful[" + pid.pid() + "]: restart failed: the hook ")
                && line.endsWith(" exited with 1; still serving on 127.0.0.1:" + server.port()));
    assertThat(server.family().alive()).contains(pid);
    Files.delete(directory.resolve("refuse"));
    server.restart();
    assertThat(server.greet().generation()).isEqualTo(2);
  }

  @Test
  void may_refuse_a_takeover(Servers servers) throws Exception {
    Server server = launch(servers).environment("XDG_RUNTIME_DIR", directory.toString()).start();
    ProcessId old = server.serving();
    ControlSocket.await(directory, old);
    Files.createFile(directory.resolve("refuse"));
    List<String> command = Newcomer.commandOf(server, old.pid());

    Newcomer.start(server, command)
        .assertRefused(
            "refused by pid "
                + old.pid()
                + ": the hook "
                + directory.resolve("hook")
                + " exited with 1");

    Files.delete(directory.resolve("refuse"));
    Newcomer.start(server, command).awaitAnswer();
    assertThat(server.awaitExit(old, Server.LIMIT)).hasValue(0);
  }

  @Test
  void an_address_is_told_of_each_step_and_may_refuse(Servers servers) throws Exception {
    Queue<String> told = new ConcurrentLinkedQueue<>();
    AtomicInteger status = new AtomicInteger(200);
    HttpServer registry =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    registry.createContext(
        "/",
        exchange -> {
          String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          Matcher pid = PID_FIELD.matcher(body);
          told.add(exchange.getRequestURI() + " " + (pid.find() ? pid.group(1) : body));
          exchange.sendResponseHeaders(status.get(), -1);
          exchange.close();
        });
    registry.start();
    try {
      Server server =
          servers
              .launch(Apps.HTTPSERVER, Jdks.any())
              .option("soak", "200ms")
              .option("hook", "http://127.0.0.1:" + registry.getAddress().getPort() + "/{event}")
              .start();
      ProcessId first = server.serving();
      Await.untilAsserted(
          Server.LIMIT, () -> assertThat(told).containsExactly("/ready " + first.pid()));
      told.clear();
      status.set(503);

      server.signal(Signal.SIGUSR2);
      server.awaitStderr("the refusal", line -> line.contains("before-restart answered 503"));
      server.awaitStderr("the failure", line -> line.contains("restart failed: the hook http://"));

      assertThat(server.greet().pid()).isEqualTo(first.pid());
      Await.untilAsserted(
          Server.LIMIT,
          () ->
              assertThat(told)
                  .containsExactly("/before-restart " + first.pid(), "/failed " + first.pid()));
      told.clear();
      status.set(200);
      server.restart();
      Await.untilAsserted(
          Server.LIMIT,
          () ->
              assertThat(told)
                  .containsExactlyInAnyOrder(
                      "/before-restart " + first.pid(),
                      "/ready " + first.pid(),
                      "/draining " + first.pid(),
                      "/exiting " + first.pid()));
      Generations.assertOneIsLeft(server);
    } finally {
      registry.stop(0);
    }
  }

  private Launch launch(Servers servers) throws IOException {
    Path hook =
        Files.writeString(
            directory.resolve("hook"),
            String.join(
                "\n",
                "#!/bin/sh",
                "cd " + directory,
                "echo $1 $RESTART_PID $RESTART_GENERATION ${RESTART_NEW_PID:--} $RESTART_LISTENERS >> told",
                "[ $1 != before-restart ] || [ ! -e refuse ]",
                ""));
    Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwx------"));
    return servers
        .launch(Apps.HTTPSERVER, Jdks.any())
        .option("soak", "200ms")
        .option("hook.timeout", "10m") // So that a hook whose end is not noticed is one.
        .option("hook", hook.toString());
  }

  private void awaitTold(String... lines) {
    Await.untilAsserted(Server.LIMIT, () -> assertThat(told()).containsExactlyInAnyOrder(lines));
  }

  private List<String> told() {
    try {
      return Files.readAllLines(directory.resolve("told"));
    } catch (IOException notYet) {
      throw new AssertionError(notYet);
    }
  }
}
