package io.graceful.cli;

import io.graceful.config.AgentVersion;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code java -jar graceful.jar}. */
@Command(
    name = "java -jar graceful.jar",
    subcommands = {
      ListCommand.class,
      StatusCommand.class,
      AttachCommand.class,
      RestartCommand.class,
      TakeoverCommand.class,
      CommitCommand.class,
      AbortCommand.class,
      DrainCommand.class,
      ResumeCommand.class,
      StopCommand.class
    })
public final class Cli {

  private static final String HINT = "; see java -jar graceful.jar ";

  private Cli() {}

  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  private static int run(String[] arguments) {
    switch (arguments.length == 0 ? "--help" : arguments[0]) {
      case "help":
        if (arguments.length > 1) {
          return commandLine().execute(arguments[1], "--help");
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
      default:
        return commandLine().execute(arguments);
    }
  }

  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Cli());
    line.setUsageHelpAutoWidth(true);
    line.setParameterExceptionHandler(Cli::wrongUse);
    line.setExecutionExceptionHandler(Cli::failed);
    return line;
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
