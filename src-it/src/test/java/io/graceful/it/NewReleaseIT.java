package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.Jdk;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What the restart is for: something was replaced, and the new process has it; and nothing else has
 * changed.
 */
@ExtendWith(ServersExtension.class)
class NewReleaseIT {

  @EachJdk
  void directory_behind_a_symlink_that_was_switched(int jdk, Servers servers) throws Exception {
    Path first = Files.createDirectories(servers.directory().resolve("releases/1"));
    Path second = Files.createDirectories(servers.directory().resolve("releases/2"));
    Path current = servers.directory().resolve("current");
    Files.createSymbolicLink(current, first);
    Server server =
        servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).workingDirectory(current).start();
    assertThat(server.view().workingDirectory()).isEqualTo(first.toRealPath().toString());

    switchTo(current, second);
    server.restart();
    assertThat(server.view().workingDirectory()).isEqualTo(second.toRealPath().toString());
  }

  @EachJdk
  void directory_stays_if_nobody_switches_it(int jdk, Servers servers) throws Exception {
    Path directory = Files.createDirectories(servers.directory().resolve("with space é"));
    Server server =
        servers
            .launch(Apps.HTTPSERVER, Jdks.find(jdk))
            .workingDirectory(directory)
            .environment("PWD", "/somewhere/else")
            .start();
    server.restart();
    assertThat(server.view().workingDirectory()).isEqualTo(directory.toRealPath().toString());
  }

  @Test
  void jdk_behind_a_symlink_that_was_switched(Servers servers) throws Exception {
    List<Integer> features = Jdks.features().toList();
    Jdk first = Jdks.find(features.get(0));
    Jdk second = Jdks.find(features.get(features.size() - 1));
    Path current = servers.directory().resolve("jdk");
    Files.createSymbolicLink(current, first.home());
    Server server = servers.launch(Apps.HTTPSERVER, first.movedTo(current)).start();

    switchTo(current, second.home());
    server.restart();
    Path running = Path.of("/proc/" + server.serving().pid() + "/exe").toRealPath();
    assertThat(running).isEqualTo(second.java().toRealPath());
  }

  @EachJdk
  void arguments_are_the_same_to_the_byte(int jdk, Servers servers) throws Exception {
    Server server =
        servers
            .launch(Apps.HTTPSERVER, Jdks.find(jdk))
            .jvm("-Dspaces= a  b ", "-Dquotes=\"'$HOME*\\", "-Dunicode=äß漢字", "-Dempty=")
            .environment("UNICODE", "äß漢字")
            .environment("LINES", "one\ntwo")
            .start();
    List<String> arguments = server.view().arguments();
    List<String> environment = server.view().environment();
    assertThat(arguments).contains("-Dunicode=äß漢字", "-Dspaces= a  b ");
    for (int restart = 0; restart < 2; restart++) {
      server.restart();
      assertThat(server.view().arguments()).isEqualTo(arguments);
      assertThat(server.view().environment()).isEqualTo(environment);
    }
  }

  /** A program that the app starts: its environment, arguments, descriptors and signals. */
  @EachJdk
  void child_of_the_app_sees_nothing_of_us(int jdk, Servers servers) throws Exception {
    Server without = servers.launchWithoutAgent(Apps.HTTPSERVER, Jdks.find(jdk)).start();
    Server with = servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).start();
    String expected = whatAChildSees(without);
    assertThat(whatAChildSees(with)).isEqualTo(expected);
    with.restart();
    with.restart();
    assertThat(whatAChildSees(with)).isEqualTo(expected);
  }

  private static String whatAChildSees(Server server) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/child")).build();
    String body =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    assertThat(body).contains("PATH=", "SigBlk:");
    return Stream.of(body.split("\n"))
        // What differs between any two processes, and between any two servers of a test.
        .filter(line -> !line.matches("(PWD|OLDPWD|_|IT_SERVER_FAMILY)=.*"))
        .filter(line -> !line.matches("(Pid|Tgid|Ngid|PPid|NSpid|NStgid|NSpgid|NSsid):.*"))
        .filter(line -> !line.matches("(Vm|Rss|Hugetlb|voluntary_|nonvoluntary_).*"))
        .filter(line -> !line.matches("(SigQ|Cpus_allowed|Mems_allowed|Threads).*"))
        .map(line -> line.replaceAll("^(\\S+)\\s+\\d+ .*? (\\d+) -> (.*)$", "$2 -> $3"))
        .map(line -> line.replaceAll("\\[\\d+\\]|/proc/\\d+|server-2/", ""))
        .collect(Collectors.joining("\n"));
  }

  private static void switchTo(Path link, Path target) throws Exception {
    Path next = link.resolveSibling("next");
    Files.createSymbolicLink(next, target);
    Files.move(next, link, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }
}
