package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.ProcessId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whose server it is not gets nowhere near it. Run by root, another user is made for the test; run
 * by anybody else, pid 1 is the other user's.
 */
@ExtendWith(ServersExtension.class)
class OtherUsersIT {

  private static final String NOBODY = "65534";

  /** Its path must be short. */
  @TempDir private Path runtimeDirectory;

  @Test
  void a_command_of_another_user_is_refused_with_a_word_on_who_may(Servers servers)
      throws Exception {
    Server server =
        servers
            .launch(Apps.HTTPSERVER, Jdks.any())
            .environment("XDG_RUNTIME_DIR", runtimeDirectory.toString())
            .start();
    ProcessId process = server.serving();
    Path socket = ControlSocket.await(runtimeDirectory, process);
    Files.setPosixFilePermissions(runtimeDirectory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path jar = Files.copy(servers.agentJar(), runtimeDirectory.resolve("graceful.jar"));
    Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--"));
    boolean root = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    long foreign = root ? process.pid() : 1;

    for (String command : List.of("status", "restart", "stop", "attach")) {
      Output output = asAnother(root, Jdks.any().java(), "-jar", jar, command, foreign);
      assertThat(output.status).as(output.text).isEqualTo(3);
      assertThat(output.text)
          .isEqualTo(
              "graceful: pid "
                  + foreign
                  + " belongs to user 0: run this as that user, or as root\n");
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())))
        .isEqualTo("rwx------");
    if (root) {
      assertThat(asAnother(true, "ls", socket.getParent()).text).contains("Permission denied");
    }
    assertThat(server.greet().pid()).isEqualTo(process.pid());
    assertThat(server.family().alive()).containsExactly(process);
    Generations.assertQuiet(server);
  }

  private record Output(int status, String text) {}

  private Output asAnother(boolean root, Object... words) throws Exception {
    List<String> command = new ArrayList<>();
    if (root) {
      command.addAll(
          List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
    }
    for (Object word : words) {
      command.add(word.toString());
    }
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")
        .forEach(builder.environment()::remove);
    builder.environment().put("XDG_RUNTIME_DIR", runtimeDirectory.toString());
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(Server.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return new Output(process.exitValue(), text);
  }
}
