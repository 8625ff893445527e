package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The words behind {@code --} arrive byte by byte, whatever the locale is. */
@ExtendWith(ServersExtension.class)
class TypedCommandIT {

  private static final String UTF_8 = "gr\u00fc\u00df";

  /** For printf(1), so that the locale of the tests does not matter. */
  private static final String UTF_8_IN_OCTAL = "gr\\303\\274\\303\\237";

  private static final String LATIN_1_IN_OCTAL = "gr\\374\\337";

  /** Its path must be short. */
  @TempDir private Path runtimeDirectory;

  private Path seen;

  /** A java that is none: it notes its arguments. */
  @BeforeEach
  void makeJava() throws IOException {
    seen = runtimeDirectory.resolve("seen");
    Path java =
        Files.writeString(
            runtimeDirectory.resolve("java"),
            "#!/bin/sh\nprintf '%s\\n' \"$@\" > " + seen + "\nexit 3\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(runtimeDirectory.resolve("options"), "-Xmx1g\n");
  }

  @Test
  void to_a_server_under_run(Servers servers) throws Exception {
    Path jar = servers.agentJar();
    for (String locale : new String[] {"C", "C.UTF-8"}) {
      assertThat(inShell(servers, locale, "run --", UTF_8_IN_OCTAL)).isEqualTo(3);
      assertThat(Files.readString(seen))
          .isEqualTo("-javaagent:" + jar + "\n@options\n-Dname=" + UTF_8 + "\n\n");

      assertThat(inShell(servers, locale, "run --", LATIN_1_IN_OCTAL)).isEqualTo(3);
      assertThat(Files.readString(seen, StandardCharsets.ISO_8859_1))
          .isEqualTo("-javaagent:" + jar + "\n@options\n-Dname=" + UTF_8 + "\n\n");
    }
  }

  @Test
  void to_a_process_that_takes_over(Servers servers) throws Exception {
    Server server =
        servers
            .launch(Apps.HTTPSERVER, Jdks.any())
            .environment("XDG_RUNTIME_DIR", runtimeDirectory.toString())
            .start();
    ControlSocket.await(runtimeDirectory, server.serving());
    String takeover = "takeover " + server.serving().pid() + " --";

    for (String locale : new String[] {"C", "C.UTF-8"}) {
      assertThat(inShell(servers, locale, takeover, UTF_8_IN_OCTAL)).isEqualTo(1);
      assertThat(Files.readString(seen)).isEqualTo("@options\n-Dname=" + UTF_8 + "\n\n");
    }
    Files.delete(seen);
    assertThat(inShell(servers, "C", takeover, LATIN_1_IN_OCTAL)).isEqualTo(2);
    assertThat(Files.readString(runtimeDirectory.resolve("err")))
        .startsWith("graceful: word 3 of COMMAND is no UTF-8, ");
    assertThat(seen).doesNotExist();
  }

  /** With the words @options, -Dname=NAME and an empty one for that java. */
  private int inShell(Servers servers, String locale, String command, String name)
      throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            "sh",
            "-c",
            "exec \"$1\" -jar \"$2\" "
                + command
                + " ./java @options \"$(printf '%b' '-Dname="
                + name.replace("\\", "\\0")
                + "')\" '' 2> err",
            "sh",
            Jdks.any().java().toString(),
            servers.agentJar().toString());
    builder.directory(runtimeDirectory.toFile());
    builder.environment().put("XDG_RUNTIME_DIR", runtimeDirectory.toString());
    builder.environment().put("LC_ALL", locale);
    Process process = builder.start();
    assertThat(process.waitFor(Server.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }
}
