package io.graceful.cli;

import io.graceful.config.OptionException;
import io.graceful.config.Options;
import io.graceful.supervisor.RestartSignal;
import io.graceful.supervisor.ServerCommand;
import io.graceful.supervisor.Supervisor;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "run",
    header = "Starts a server, and stays above all its generations, with one pid.",
    customSynopsis =
        "java -jar graceful.jar run [-h] [--hup=WHAT] [--options=OPTIONS] -- COMMAND...%n",
    description = {
      "%nFor containers, where it is process 1, and for whoever wants to see one process. COMMAND gets the agent if it"
          + " lacks it. SIGUSR2 restarts, SIGTERM and SIGINT stop gracefully. A server that crashes is started again,"
          + " and clients wait meanwhile: its listening sockets stay open here. Ends with the server's exit code.%n"
    },
    footer = {
      "%nExamples:",
      "  java -jar graceful.jar run -- java -jar legacy.jar",
      "  java -jar graceful.jar run --options drain.timeout=1m --hup restart -- java -Xmx2g -jar legacy.jar"
    })
final class RunCommand extends Subcommand {

  @Spec private CommandSpec spec;

  @Option(
      names = "--hup",
      paramLabel = "WHAT",
      description = "What SIGHUP does: forward (to the server, the default), restart, or ignore.")
  private Supervisor.Hangup hangup = Supervisor.Hangup.FORWARD;

  @Option(
      names = "--options",
      paramLabel = "OPTIONS",
      description = "The agent's, if it is added: key=value,key=value")
  private String options = "";

  @Parameters(arity = "1..*", paramLabel = "COMMAND", description = "The server's, after --.")
  private List<String> command;

  @Override
  public Integer call() throws Exception {
    ServerCommand server = server();
    SupervisorProcess.become(hangup, restartSignal(server), words(server));
    return Exit.FAILED; // Never comes here.
  }

  private ServerCommand server() throws Exception {
    try {
      Options.read(options, Collections.<String, String>emptyMap());
      return new ServerCommand(command, jar(), options, System.getenv());
    } catch (OptionException | IOException wrong) {
      throw new ParameterException(spec.commandLine(), wrong.getMessage());
    }
  }

  private List<byte[]> words(ServerCommand server) throws IOException {
    List<byte[]> words = TypedCommand.of(command).words();
    if (server.words().size() > words.size()) {
      words.add(1, TypedCommand.utf8(server.words().get(1)));
    }
    return words;
  }

  private String restartSignal(ServerCommand server) {
    try {
      return RestartSignal.of(server.agentOptions(), System.getenv());
    } catch (OptionException wrong) {
      throw new ParameterException(spec.commandLine(), wrong.getMessage());
    }
  }
}
