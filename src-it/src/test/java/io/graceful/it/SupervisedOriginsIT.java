package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import jnr.constants.platform.Signal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Where a server under {@code run} comes from, and what it and {@code run} are started with. */
@ExtendWith(ServersExtension.class)
class SupervisedOriginsIT {

  private static final String QUICK = "soak=300ms";

  @Test
  void after_a_crash_it_is_started_in_the_directory_to_which_the_link_leads_then(Servers servers)
      throws Exception {
    Path first = Files.createDirectories(servers.directory().resolve("releases/1"));
    Path second = Files.createDirectories(servers.directory().resolve("releases/2"));
    Path current = Files.createSymbolicLink(servers.directory().resolve("current"), first);
    Server server = Supervised.launch(servers, Jdks.any(), QUICK).workingDirectory(current).start();
    Supervised.awaitStored(server);
    assertThat(server.view().workingDirectory()).isEqualTo(first.toRealPath().toString());

    Path next = Files.createSymbolicLink(servers.directory().resolve("next"), second);
    Files.move(next, current, StandardCopyOption.ATOMIC_MOVE);
    assertThat(server.serving().signal(Signal.SIGKILL)).isTrue();

    Supervised.awaitGeneration(server, 2);
    assertThat(server.view().workingDirectory()).isEqualTo(second.toRealPath().toString());
  }
}
