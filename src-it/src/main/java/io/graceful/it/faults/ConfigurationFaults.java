package io.graceful.it.faults;

import io.graceful.it.app.Apps;
import io.graceful.it.app.FreePort;
import io.graceful.it.app.Launch;
import io.graceful.it.app.Restart;
import io.graceful.it.jvm.Check;
import io.graceful.it.jvm.ProcessId;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The new process finds another configuration than the old one did, or another command line. */
final class ConfigurationFaults {
  private static final String GROUP = "configuration";
  private static final String SHORT = "3s";

  private ConfigurationFaults() {}

  static List<Fault> all() {
    return List.of(
        new Fault(GROUP, "another port instead of one", ConfigurationFaults::otherPort).always(),
        new Fault(
            GROUP, "another port instead of one, as it was wanted", ConfigurationFaults::dropped),
        new Fault(GROUP, "one more port", ConfigurationFaults::onePortMore),
        new Fault(GROUP, "all addresses instead of one", ConfigurationFaults::allAddresses),
        new Fault(GROUP, "one address instead of all", ConfigurationFaults::oneAddress),
        new Fault(GROUP, "other socket options", ConfigurationFaults::otherOptions),
        new Fault(GROUP, "what the application refuses", ConfigurationFaults::refused),
        new Fault(GROUP, "an argument file without the agent", ConfigurationFaults::noAgent)
            .since(9),
        new Fault(GROUP, "an argument file with a heap too large", ConfigurationFaults::hugeHeap)
            .since(9),
        new Fault(GROUP, "an argument file with a debugger's port", ConfigurationFaults::debugger)
            .since(9),
        new Fault(GROUP, "an argument file with a wrong option", ConfigurationFaults::wrongOption)
            .since(9));
  }

  private static void otherPort(Scene scene) throws Exception {
    Path config = configuration(scene, "");
    scene.start(two(scene, config).option("ready.timeout", SHORT));
    Files.writeString(config, "admin=" + FreePort.find() + "\n");
    scene.trigger();
    ProcessId successor = scene.awaitSpawned();
    // It accepts from the queue that both share as soon as it has bound the first port.
    scene.oldServesOn(scene.server().argument("admin"), Set.of(scene.old().pid(), successor.pid()));
    Files.writeString(config, "");
    scene.nextRestartSucceeds();
  }

  private static void dropped(Scene scene) throws Exception {
    Path config = configuration(scene, "");
    scene.start(two(scene, config).option("unclaimed", "drop").option("ready.timeout", SHORT));
    int port = FreePort.find();
    Files.writeString(config, "admin=" + port + "\n");
    scene.told().whenever("not bound by this process, so dropped: \\[.*]");
    scene.restartSucceeds();
    Check.that(accepts(port), "nobody listens on the new port %d", port);
    int before = Integer.parseInt(scene.server().argument("admin"));
    Check.that(!accepts(before), "somebody listens on the old port %d", before);
    scene.nextRestartSucceeds();
  }

  private static void onePortMore(Scene scene) throws Exception {
    Path config = configuration(scene, "fewer-from=1\n");
    scene.start(two(scene, config));
    Files.writeString(config, "");
    Restart restart = scene.server().restart();
    scene.awaitAnswers();
    scene.nobodyNotices();
    scene.told().restarted(scene.old(), restart.successor());
    scene.nothingElseOnTheTerminal();
    int port = Integer.parseInt(scene.server().argument("admin"));
    Check.that(accepts(port), "nobody listens on port %d", port);
    scene.rememberBelongings(restart.successor());
    scene.nextRestartSucceeds();
  }

  /** The kernel does not let it, as long as the old one has its own. */
  private static void allAddresses(Scene scene) throws Exception {
    otherAddress(scene, "127.0.0.1", "*");
  }

  private static void oneAddress(Scene scene) throws Exception {
    otherAddress(scene, "*", "127.0.0.1");
  }

  private static void otherAddress(Scene scene, String first, String then) throws Exception {
    Path config = configuration(scene, "host=" + first + "\n");
    scene.start(scene.launch().with("config", config));
    Files.writeString(config, "host=" + then + "\n");
    scene.expectLines(line -> !line.startsWith("graceful"));
    scene
        .told()
        .whenever("the application binds .*, but was passed .*: make the addresses the same");
    scene.restartFails("exited with 1");
    Files.writeString(config, "host=" + first + "\n");
    scene.nextRestartSucceeds();
  }

  /** There and back. */
  private static void otherOptions(Scene scene) throws Exception {
    Path config = configuration(scene, "");
    scene.start(scene.launch(Apps.NIO).with("config", config));
    Files.writeString(config, "backlog=100\nreceive-buffer=16384\nreuse-port=true\n");
    scene.restartSucceeds();
    Files.writeString(config, "");
    scene.nextRestartSucceeds();
  }

  private static void refused(Scene scene) throws Exception {
    Path config = configuration(scene, "");
    scene.start(scene.launch().with("config", config));
    Files.writeString(config, "wrong\n");
    scene.expectLines(line -> line.startsWith("app: unknown argument wrong"));
    scene.restartFails("exited with 2");
    Files.writeString(config, "");
    scene.nextRestartSucceeds();
  }

  private static void noAgent(Scene scene) throws Exception {
    Path arguments = scene.directory().resolve("jvm.options");
    Files.writeString(arguments, "-javaagent:" + scene.agent() + "=soak=500ms\n");
    scene.start(scene.launch().withoutAgent().jvm("@" + arguments));
    Files.writeString(arguments, "");
    scene.expectLines(line -> !line.startsWith("graceful"));
    scene.restartFails("exited with 1 before its agent had started");
    Files.writeString(arguments, "-javaagent:" + scene.agent() + "=soak=500ms\n");
    scene.nextRestartSucceeds();
  }

  /** No memory for the new one. */
  private static void hugeHeap(Scene scene) throws Exception {
    Path arguments = scene.directory().resolve("jvm.options");
    Files.writeString(arguments, "");
    scene.start(scene.launch().jvm("@" + arguments));
    Files.writeString(arguments, "-Xms900g -Xmx900g\n");
    scene.expectLines(line -> !line.startsWith("graceful"));
    scene.restartFails("exited with 1 before its agent had started");
    Files.writeString(arguments, "");
    scene.nextRestartSucceeds();
  }

  /** The agent does not look into the file, so the new one wants the old one's port. */
  private static void debugger(Scene scene) throws Exception {
    Path arguments = scene.directory().resolve("jvm.options");
    String option =
        "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,quiet=y,address=127.0.0.1:";
    Files.writeString(arguments, option + FreePort.find() + "\n");
    scene.start(scene.launch().jvm("@" + arguments));
    scene.expectLines(line -> !line.startsWith("graceful"));
    scene.restartFails("before its agent had started");
    Files.writeString(arguments, option + "0\n");
    scene.nextRestartSucceeds();
  }

  private static void wrongOption(Scene scene) throws Exception {
    Path arguments = scene.directory().resolve("jvm.options");
    Files.writeString(arguments, "-javaagent:" + scene.agent() + "=soak=500ms\n");
    scene.start(scene.launch().withoutAgent().jvm("@" + arguments));
    Files.writeString(arguments, "-javaagent:" + scene.agent() + "=soak=soon\n");
    scene.restartFails("exited with 70 before it was ready");
    Files.writeString(arguments, "-javaagent:" + scene.agent() + "=soak=500ms\n");
    scene.nextRestartSucceeds();
  }

  private static Launch two(Scene scene, Path config) throws Exception {
    return scene.launch(Apps.TWO).with("config", config);
  }

  private static Path configuration(Scene scene, String content) throws Exception {
    return Files.writeString(scene.directory().resolve("app.config"), content);
  }

  private static boolean accepts(int port) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (ConnectException refused) {
      return false;
    }
  }
}
