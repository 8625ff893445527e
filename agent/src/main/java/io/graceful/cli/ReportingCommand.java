package io.graceful.cli;

import picocli.CommandLine.Option;

/** A command that tells people or scripts how it went. */
abstract class ReportingCommand extends Subcommand {

  @Option(names = "--json", description = "Prints JSON, for scripts.")
  private boolean json;

  boolean wantsJson() {
    return json;
  }
}
