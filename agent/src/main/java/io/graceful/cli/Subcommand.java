package io.graceful.cli;

import io.graceful.os.Libc;
import java.io.File;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/** One of the commands. Returns the exit code. */
abstract class Subcommand implements Callable<Integer> {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Prints this.")
  private boolean help;

  static Agents agents() throws Exception {
    return new Agents(libc());
  }

  /** That this is in. */
  static File jar() throws Exception {
    return new File(Subcommand.class.getProtectionDomain().getCodeSource().getLocation().toURI())
        .getAbsoluteFile();
  }

  static Libc libc() throws Exception {
    try {
      return Libc.load(jar().getParentFile());
    } catch (IOException | RuntimeException unloadable) {
      throw new IOException("can't call the C library: " + unloadable.getMessage(), unloadable);
    }
  }

  static void print(Object line) {
    System.out.println(line);
  }

  /** On stderr. */
  static void complain(String line) {
    System.err.println(Colour.RED.ofError("graceful: ") + Words.printable(line));
  }
}
