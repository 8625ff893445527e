package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Apps;
import io.graceful.it.app.FreePort;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.Jdk;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.jvm.ProcessView;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jnr.constants.platform.Signal;
import org.junit.jupiter.api.extension.ExtendWith;

/** As the first process of a container: the container would end with it, so it stays. */
@ExtendWith(ServersExtension.class)
class PidOneIT {

  @EachJdk
  void restart_is_refused_and_the_container_lives(int feature, Servers servers) throws Exception {
    Jdk jdk = Jdks.find(feature);
    int port = FreePort.find();
    Path stderr = servers.directory().resolve("container-stderr.log");
    List<String> command =
        List.of(
            "unshare",
            "--user",
            "--map-root-user",
            "--pid",
            "--fork",
            "--mount-proc",
            "--kill-child",
            jdk.java().toString(),
            "-javaagent:" + servers.agentJar(),
            "-jar",
            Apps.HTTPSERVER.jar().toString(),
            "httpserver",
            "port=" + port);
    Process container = new ProcessBuilder(command).redirectError(stderr.toFile()).start();
    try {
      Await.until("an answer", Server.LIMIT, () -> answers(port));
      ProcessId first = ProcessView.of(container.pid()).children().get(0);
      first.signal(Signal.SIGUSR2);
      Await.until("the refusal", Server.LIMIT, () -> read(stderr).contains("restart refused"));
      assertThat(read(stderr))
          .startsWith("graceful[1]: SIGUSR2: restart refused: ")
          .hasLineCount(1);
      assertThat(first.exists()).isTrue();
      assertThat(answers(port)).isTrue();
    } finally {
      container.destroyForcibly().waitFor();
    }
  }

  private static boolean answers(int port) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/")).build();
      return HttpClient.newHttpClient()
              .send(request, HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (Exception notYet) {
      return false;
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException unreadable) {
      return "";
    }
  }
}
