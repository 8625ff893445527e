package io.graceful.cli;

import io.graceful.config.Option;
import io.graceful.config.OptionException;
import io.graceful.config.Options;
import io.graceful.control.Message;
import io.graceful.control.Pids;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.agent.ByteBuddyAgent.AttachmentProvider;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "attach",
    header = "Loads the agent into a server that was started without it.",
    description = {
      "%nFrom then on it can be restarted, and the command line of the new process gets the -javaagent. A JVM from 21 on"
          + " writes a warning of an agent that was loaded dynamically to the stderr of the server; it is expected, and comes"
          + " once: later processes are started with the agent.%n"
    },
    footer = {
      "%nExamples:",
      "  java -jar graceful.jar attach 4711",
      "  java -jar graceful.jar attach /run/legacy/legacy.pid drain.timeout=1m,log.level=debug"
    })
final class AttachCommand extends ReportingCommand {

  /** Its answer, 0 for success, is an error to a newer JDK, which expects words. */
  private static final String LOADED_INTO_JDK_8 = "0";

  /** And JDK 8 expects a number, which a newer JVM does not answer, loaded or not. */
  private static final String UNREAD_BY_JDK_8 = "Non-numeric value found - int expected";

  private static final long LIMIT_NANOS = 15_000_000_000L;
  private static final long GLANCE_MILLIS = 50;

  /** Those of JDKs; the library's others need one more library. */
  private static final AttachmentProvider PROVIDER =
      new AttachmentProvider.Compound(
          AttachmentProvider.ForModularizedVm.INSTANCE,
          AttachmentProvider.ForStandardToolsJarVm.JVM_ROOT,
          AttachmentProvider.ForStandardToolsJarVm.JDK_ROOT);

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "PID", description = "Its pid, or a file that holds it.")
  private String who;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "OPTIONS",
      description = "The agent's: key=value,key=value, as after -javaagent:graceful.jar=")
  private String options = "";

  @Override
  public Integer call() throws Exception {
    checkOptions();
    int pid = Pids.of(who);
    if (pid == Pids.NONE) {
      throw new ParameterException(
          spec.commandLine(), "'" + who + "' is no pid, and no file that holds one");
    }
    Agents agents = agents();
    if (agents.withPid(pid) != null) {
      complain("pid " + pid + " has the agent already: restart it");
      return Exit.FAILED;
    }
    if (!ProcFs.catches(pid, Libc.SIGQUIT)) { // It would be killed by what the JVM sends to it.
      complain(
          "pid "
              + pid
              + " is no JVM that an agent can be loaded into, or has just been started, or runs with -Xrs");
      return Exit.FAILED;
    }
    StandardError stderr = StandardError.of(pid);
    if (!wantsJson()) {
      print(
          "loading the agent into pid " + pid + " (a JVM from 21 on warns of that on its stderr)");
    }
    boolean answers = opensSocket(pid);
    boolean isRead = load(pid);
    if (!answers && isRead) {
      print(
          wantsJson()
              ? Message.event("loaded").with("pid", pid)
              : "loaded; with control=off only the stderr of pid " + pid + " says how it went");
      return Exit.OK;
    }
    Agent agent = answers ? await(agents, pid) : null;
    if (agent == null) {
      complain(
          "pid "
              + pid
              + " has not opened its control socket"
              + (isRead
                  ? ""
                  : ", and this java, of JDK 8, can't read what a newer one answers: run the command"
                      + " with the java of pid "
                      + pid));
      stderr.show("pid " + pid);
      return Exit.FAILED;
    }
    return describe(agent.status());
  }

  /** Its environment may hold options, too. What is wrong there it says itself. */
  private boolean opensSocket(int pid) throws IOException {
    Map<String, String> environment = new HashMap<>();
    for (byte[] variable : ProcFs.zeroTerminated("/proc/" + pid + "/environ")) {
      String[] parts = new String(variable, StandardCharsets.UTF_8).split("=", 2);
      environment.put(parts[0], parts[parts.length - 1]);
    }
    try {
      return !Options.read(options, environment).text(Option.CONTROL).equals("off");
    } catch (OptionException wrongThere) {
      return true;
    }
  }

  private void checkOptions() {
    try {
      Options.read(options, Collections.<String, String>emptyMap());
    } catch (OptionException wrong) {
      throw new ParameterException(spec.commandLine(), wrong.getMessage());
    }
  }

  /** Returns whether its answer can be read by this JVM. */
  private boolean load(int pid) throws Exception {
    if (!PROVIDER.attempt().isAvailable()) {
      throw new IOException(
          "this java, "
              + System.getProperty("java.home")
              + ", is a JRE: run the command with that of a JDK");
    }
    try {
      ByteBuddyAgent.attach(jar(), String.valueOf(pid), options, PROVIDER);
      return true;
    } catch (IllegalStateException failure) {
      Throwable cause = failure;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      if (LOADED_INTO_JDK_8.equals(cause.getMessage())) {
        return true;
      }
      if (UNREAD_BY_JDK_8.equals(cause.getMessage())) {
        return false;
      }
      throw new IOException(
          "can't load the agent into pid " + pid + ": " + cause.getMessage(), failure);
    }
  }

  /** Null if it does not come. */
  private static Agent await(Agents agents, int pid) throws Exception {
    long start = System.nanoTime();
    Agent agent = agents.withPid(pid);
    while (agent == null && System.nanoTime() - start < LIMIT_NANOS) {
      Thread.sleep(GLANCE_MILLIS);
      agent = agents.withPid(pid);
    }
    return agent;
  }

  private int describe(Message status) {
    if (wantsJson()) {
      print(status);
    }
    if (!status.text("refusal").isEmpty()) {
      complain("loaded, but it can't be restarted: " + status.text("refusal"));
      return Exit.FAILED;
    }
    if (!wantsJson()) {
      print(
          Words.printable(
              "attached: pid "
                  + status.number("pid")
                  + " can be restarted, and hands over "
                  + String.join(", ", status.texts("listeners"))));
    }
    return Exit.OK;
  }
}
