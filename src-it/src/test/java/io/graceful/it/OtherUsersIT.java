package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Launch;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.ProcessId;
import java.io.IOException;
import java.io.InputStream;
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

  /** Whoever runs this; root, where that counts. */
  private static final int MYSELF = 0;

  private static final int NOBODY = 65534;

  /** Of this test, with no other process on this machine. */
  private static final int STRANGER = 54321;

  /** It has UNIX domain channels, and classes of that version. */
  private static final int JDK_OF_CLIENT = 17;

  /** Its path must be short. */
  @TempDir private Path runtimeDirectory;

  @Test
  void a_command_of_another_user_is_refused_with_a_word_on_who_may(Servers servers)
      throws Exception {
    Server server = launch(servers).start();
    ProcessId process = server.serving();
    Path socket = ControlSocket.await(runtimeDirectory, process);
    open(runtimeDirectory, "rwxr-xr-x");
    Path jar = copyJar(servers);
    boolean root = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    long foreign = root ? process.pid() : 1;

    for (String command : List.of("status", "restart", "stop", "attach")) {
      Output output = as(root ? NOBODY : MYSELF, Jdks.any().java(), "-jar", jar, command, foreign);
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
      assertThat(as(NOBODY, "ls", socket.getParent()).text).contains("Permission denied");
    }
    assertThat(server.greet().pid()).isEqualTo(process.pid());
    assertThat(server.family().alive()).containsExactly(process);
    Generations.assertQuiet(server);
  }

  /** Only root can become somebody else for that. */
  @Test
  void a_process_of_another_user_that_gets_to_the_socket_is_hung_up_on(Servers servers)
      throws Exception {
    Server server = launch(servers).start();
    ProcessId process = server.serving();
    Path socket = ControlSocket.await(runtimeDirectory, process);
    open(runtimeDirectory, "rwxr-xr-x");
    open(socket.getParent(), "rwxr-xr-x");
    open(socket, "rw-rw-rw-");
    copyForAll(ForeignClient.class);
    Object[] restart = {
      Jdks.any(JDK_OF_CLIENT).java(),
      "-cp",
      runtimeDirectory,
      ForeignClient.class.getName(),
      socket,
      "{\"version\":1,\"command\":\"restart\"}"
    };

    Output foreign = as(STRANGER, restart);
    assertThat(foreign.text).isEqualTo("connected\n");
    assertThat(foreign.status).isZero();
    assertThat(server.family().alive()).containsExactly(process);
    Generations.assertQuiet(server);

    Output own = as(MYSELF, restart); // So much for the client.
    assertThat(own.text).startsWith("connected\n{\"event\":\"spawned\",");
  }

  private void copyForAll(Class<?> program) throws Exception {
    String name = program.getName().replace('.', '/') + ".class";
    Path copy = runtimeDirectory.resolve(name);
    Files.createDirectories(copy.getParent());
    try (InputStream in = program.getClassLoader().getResourceAsStream(name)) {
      Files.copy(in, copy);
    }
    open(copy, "rw-r--r--");
    for (Path parent = copy; !parent.equals(runtimeDirectory); ) {
      parent = parent.getParent();
      open(parent, "rwxr-xr-x");
    }
  }

  @Test
  void root_operates_what_another_user_runs(Servers servers) throws Exception {
    Server server = launchAsStranger(servers);
    ProcessId process = server.serving();
    ControlSocket.await(strangersDirectory(), process);

    Output status =
        as(MYSELF, Jdks.any().java(), "-jar", servers.agentJar(), "status", process.pid());
    assertThat(status.text).contains("state        serving").doesNotContain("graceful:");
    Output restart =
        as(MYSELF, Jdks.any().java(), "-jar", servers.agentJar(), "restart", process.pid());
    assertThat(restart.status).as(restart.text).isZero();
    assertThat(server.greet().generation()).isEqualTo(2);
    assertThat((int) Files.getAttribute(Path.of("/proc/" + server.greet().pid()), "unix:uid"))
        .isEqualTo(STRANGER);
  }

  @Test
  void a_directory_that_somebody_else_has_made_in_tmp_hides_nothing(Servers servers)
      throws Exception {
    Path squatted = Files.createDirectory(Path.of("/tmp/graceful-" + STRANGER));
    try {
      Server server = launchAsStranger(servers);
      ProcessId process = server.serving();
      ControlSocket.await(strangersDirectory(), process);

      Output list = asStranger("list");
      assertThat(list.text).contains(process.pid() + " ").doesNotContain("graceful:");
      assertThat(list.status).isZero();
      Output restart = asStranger("restart", process.pid());
      assertThat(restart.status).as(restart.text).isZero();
      assertThat(server.greet().generation()).isEqualTo(2);

      long successor = server.greet().pid();
      ControlSocket.await(strangersDirectory(), server.family().member(successor).orElseThrow());
      assertThat(asStranger("stop", successor).status).isZero();
      Output none = asStranger("list");
      assertThat(none.status).isEqualTo(1);
      assertThat(none.text)
          .isEqualTo(
              "graceful: no agent was found, but not all places could be searched: "
                  + squatted
                  + " belongs to user 0, not "
                  + STRANGER
                  + ": remove it\n");
    } finally {
      Files.delete(squatted);
    }
  }

  private Launch launch(Servers servers) throws IOException {
    return servers
        .launch(Apps.HTTPSERVER, Jdks.any())
        .environment("XDG_RUNTIME_DIR", runtimeDirectory.toString());
  }

  private Server launchAsStranger(Servers servers) throws IOException {
    open(runtimeDirectory, "rwxr-xr-x");
    for (Path own :
        List.of(strangersDirectory(), servers.directory(), servers.directory().resolve("state"))) {
      Files.createDirectories(own);
      Files.setAttribute(own, "unix:uid", STRANGER);
    }
    copyJar(servers);
    return launch(servers)
        .agent(runtimeDirectory.resolve("graceful.jar"))
        .environment("XDG_RUNTIME_DIR", strangersDirectory().toString())
        .after("exec " + String.join(" ", become(STRANGER)) + " \"$@\"")
        .start();
  }

  private Path strangersDirectory() {
    return runtimeDirectory.resolve("own");
  }

  private Output asStranger(Object... command) throws Exception {
    List<Object> words = new ArrayList<>();
    words.addAll(List.of("env", "XDG_RUNTIME_DIR=" + strangersDirectory()));
    words.addAll(List.of(Jdks.any().java(), "-jar", runtimeDirectory.resolve("graceful.jar")));
    words.addAll(List.of(command));
    return as(STRANGER, words.toArray());
  }

  private Path copyJar(Servers servers) throws IOException {
    Path jar = Files.copy(servers.agentJar(), runtimeDirectory.resolve("graceful.jar"));
    open(jar, "rw-r--r--");
    return jar;
  }

  private static void open(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  private record Output(int status, String text) {}

  /** A user with that number, whom no file need know. */
  private Output as(int user, Object... words) throws Exception {
    List<String> command = new ArrayList<>(user == MYSELF ? List.of() : become(user));
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

  private static List<String> become(int user) {
    return List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups");
  }
}
