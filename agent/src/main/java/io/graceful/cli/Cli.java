package io.graceful.cli;

import io.graceful.config.AgentVersion;
import io.graceful.control.NoAgentException;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code java -jar graceful.jar}. */
@Command(name = "java -jar graceful.jar")
public final class Cli {

  /** In the order in which they are shown. */
  private static final String[] COMMANDS = {
    "list",
    "status",
    "run",
    "attach",
    "restart",
    "takeover",
    "commit",
    "abort",
    "drain",
    "resume",
    "stop"
  };

  private static final String HINT = "; see java -jar graceful.jar ";

  private Cli() {}

  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  private static int run(String[] arguments) {
    switch (arguments.length == 0 ? "--help" : arguments[0]) {
      case "help":
        if (arguments.length > 1) {
          return commandLine(arguments[1]).execute(arguments[1], "--help");
        }
        Usage.print(System.out);
        return Exit.OK;
      case "--help":
      case "-h":
        Usage.print(System.out);
        return Exit.OK;
      case "--version":
        System.out.println("graceful " + AgentVersion.text());
        return Exit.OK;
      case "--options-markdown":
        Usage.markdown(System.out);
        return Exit.OK;
      case SupervisorProcess.NAME:
        return SupervisorProcess.run(arguments);
      default:
        return commandLine(arguments[0]).execute(arguments);
    }
  }

  /** With all commands. */
  static CommandLine commandLine() {
    return commandLine(COMMANDS);
  }

  /**
   * @param names of the commands that are needed: to know all of them takes a tenth of a second
   */
  private static CommandLine commandLine(String... names) {
    CommandLine line = new CommandLine(new Cli());
    for (String name : names) {
      Subcommand command = command(name);
      if (command != null) {
        line.addSubcommand(name, command);
      }
    }
    line.setUsageHelpAutoWidth(true);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExpandAtFiles(false); // They are for the java in COMMAND, which reads them each time.
    line.setParameterExceptionHandler(Cli::wrongUse);
    line.setExecutionExceptionHandler(Cli::failed);
    return line;
  }

  /** Null if there is none of this name. */
  private static Subcommand command(String name) {
    switch (name) {
      case "list":
        return new ListCommand();
      case "status":
        return new StatusCommand();
      case "run":
        return new RunCommand();
      case "attach":
        return new AttachCommand();
      case "restart":
        return new RestartCommand();
      case "takeover":
        return new TakeoverCommand();
      case "commit":
        return new CommitCommand();
      case "abort":
        return new AbortCommand();
      case "drain":
        return new DrainCommand();
      case "resume":
        return new ResumeCommand();
      case "stop":
        return new StopCommand();
      default:
        return null;
    }
  }

  private static int wrongUse(ParameterException wrong, String[] arguments) {
    boolean known = wrong.getCommandLine().getParent() != null;
    String command = known ? wrong.getCommandLine().getCommandName() + " " : "";
    String problem = known ? wrong.getMessage() : "unknown command '" + arguments[0] + "'";
    Subcommand.complain(problem + HINT + command + "--help");
    return Exit.WRONG_USE;
  }

  private static int failed(Exception failure, CommandLine line, ParseResult parsed)
      throws Exception {
    if (failure instanceof NoAgentException) {
      Subcommand.complain(failure.getMessage());
      return Exit.NO_AGENT;
    }
    if (failure instanceof ParameterException) {
      return wrongUse((ParameterException) failure, new String[0]);
    }
    if (failure instanceof IOException) {
      Subcommand.complain(failure.getMessage());
      return Exit.FAILED;
    }
    throw failure;
  }
}
