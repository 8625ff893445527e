package io.graceful.cli;

import io.graceful.control.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "takeover",
    header = "Restarts a server with another command line.",
    customSynopsis =
        "java -jar graceful.jar takeover [-h] [--hold] [--json] [--cwd=DIR] [--timeout=TIME] PID -- COMMAND...%n",
    description = {
      "%nFor other flags, another jar or another JDK. The same as restart, but what is started is COMMAND, which needs"
          + " -javaagent:graceful.jar too. It runs as a child of the old process, with its environment, user, limits and streams, in the working directory of this"
          + " command. If it does not bind every listener that the old process has, or fails in another way, the old"
          + " one serves on. Later restarts repeat COMMAND.%n"
    },
    footer = {
      "%nExamples:",
      "  java -jar graceful.jar takeover 4711 -- java -Xmx4g -javaagent:graceful.jar -jar legacy.jar",
      "  java -jar graceful.jar takeover legacy.jar --hold -- /opt/jdk-25/bin/java -javaagent:graceful.jar -jar new.jar"
    })
final class TakeoverCommand extends RestartingCommand {

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "COMMAND",
      description = "The program and its arguments, after --.")
  private List<String> command;

  private Path directory = Paths.get("").toAbsolutePath();

  @Option(
      names = "--cwd",
      paramLabel = "DIR",
      description = "Where COMMAND runs, and from where relative paths in it count.")
  private void setDirectory(Path given) {
    if (!Files.isDirectory(given)) {
      throw wrong("--cwd is '" + given + "', which is no directory");
    }
    directory = given.toAbsolutePath().normalize();
  }

  @Override
  int call(Agent agent) throws Exception {
    return restart(
        agent,
        Message.request("restart")
            .with("arguments", words())
            .with("directory", directory.toString()));
  }

  private List<String> words() {
    try {
      return TypedCommand.of(command).texts();
    } catch (IOException unsendable) {
      throw wrong(unsendable.getMessage());
    }
  }
}
