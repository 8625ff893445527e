package io.graceful.it.faults;

import io.graceful.it.app.App;
import io.graceful.it.app.Apps;
import io.graceful.it.app.FreePort;
import io.graceful.it.app.Launch;
import io.graceful.it.jvm.AgentJar;
import io.graceful.it.jvm.Check;
import io.graceful.it.jvm.Jdk;
import io.graceful.it.jvm.ProcessId;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.consumer.RecordingFile;
import jnr.constants.platform.Signal;

/** Ways of running a JVM that an agent may get in the way of, or the other way round. */
final class JvmFaults {
  private static final String GROUP = "jvm";
  private static final String BYTE_BUDDY = "byte-buddy-1.12";
  private static final String JRUBY = "jruby-complete";

  private JvmFaults() {}

  static List<Fault> all(Jdk jdk) {
    List<Fault> faults = new ArrayList<>();
    for (String collector : new String[] {"Serial", "Parallel", "G1", "Z", "Shenandoah"}) {
      if (has(jdk, collector)) {
        faults.add(
            restarts(collector + "GC", scene -> scene.launch().jvm("-XX:+Use" + collector + "GC")));
      }
    }
    faults.add(restarts("-XX:+DisableAttachMechanism", "-XX:+DisableAttachMechanism"));
    faults.add(restarts("-Xshare:off", "-Xshare:off"));
    faults.add(restarts("-Xint", "-Xint"));
    faults.add(restarts("-XX:+UseCompressedOops off", "-XX:-UseCompressedOops"));
    faults.add(
        new Fault(GROUP, "a class data archive of its own (AppCDS)", JvmFaults::archived)
            .since(13));
    faults.add(new Fault(GROUP, "a flight recording", JvmFaults::recorded));
    faults.add(restarts("a debugger's port", JvmFaults::debugger));
    faults.add(restarts("JMX over the network", JvmFaults::jmx).always());
    faults.add(restarts("another agent before ours", scene -> otherAgent(scene, true)).always());
    faults.add(restarts("another agent after ours", scene -> otherAgent(scene, false)));
    faults.add(restarts("broken classes with the names of ours", JvmFaults::namesakes).always());
    faults.add(
        restarts("an older Byte Buddy for the whole JVM", JvmFaults::byteBuddy)
            .needing(BYTE_BUDDY));
    if (jdk.feature() <= 17) {
      faults.add(restarts("a security manager", JvmFaults::securityManager));
    }
    faults.addAll(realAgents());
    faults.add(
        new Fault(GROUP, "an application with jnr and jffi of its own (JRuby)", JvmFaults::jruby)
            .needing(JRUBY));
    faults.add(
        new Fault(GROUP, "an application that handles TERM and HUP itself", JvmFaults::ownSignals));
    faults.add(
        new Fault(GROUP, "an application that handles USR2 itself", JvmFaults::ownRestartSignal));
    faults.add(new Fault(GROUP, "-Xrs", JvmFaults::reducedSignals));
    return faults;
  }

  private interface Setting {
    Launch launch(Scene scene) throws Exception;
  }

  private static Fault restarts(String name, String... jvmOptions) {
    return restarts(name, scene -> scene.launch().jvm(jvmOptions));
  }

  private static Fault restarts(String name, Setting setting) {
    return new Fault(
        GROUP,
        name,
        scene -> {
          scene.start(setting.launch(scene));
          scene.restartSucceeds();
          scene.nextRestartSucceeds();
        });
  }

  /** OpenJDK's own builds have all of them, Oracle's lack one. */
  private static boolean has(Jdk jdk, String collector) {
    try {
      Process probe =
          new ProcessBuilder(
                  jdk.java().toString(), "-XX:+Use" + collector + "GC", "-Xmx64m", "-version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return probe.waitFor() == 0;
    } catch (java.io.IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Both generations have it mapped. */
  private static void archived(Scene scene) throws Exception {
    scene.start(archive(scene));
    Check.that(hasMapped(scene.old(), "app.jsa"), "the first one does not use the archive");
    ProcessId second = scene.restartSucceeds().successor();
    Check.that(hasMapped(second, "app.jsa"), "the second one does not use the archive");
    scene.nextRestartSucceeds();
  }

  private static boolean hasMapped(ProcessId process, String file) throws Exception {
    return Files.readAllLines(Path.of("/proc/" + process.pid() + "/maps")).stream()
        .anyMatch(line -> line.endsWith("/" + file));
  }

  /** The JVM samples by a signal that the agent catches too. */
  private static void recorded(Scene scene) throws Exception {
    scene.start(recording(scene));
    hasSamples(scene, scene.old());
    ProcessId second = scene.restartSucceeds().successor();
    scene.putUnderLoad();
    hasSamples(scene, second);
    scene.nobodyNotices();
    scene.nextRestartSucceeds();
  }

  private static void hasSamples(Scene scene, ProcessId process) throws Exception {
    Path dump = scene.directory().toAbsolutePath().resolve(process.pid() + ".jfr");
    String jcmd = scene.jdk().home().resolve("bin/jcmd").toString();
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    do {
      scene.run(jcmd, String.valueOf(process.pid()), "JFR.dump", "filename=" + dump);
      if (RecordingFile.readAllEvents(dump).stream()
          .anyMatch(
              event ->
                  event
                      .getEventType()
                      .getName()
                      .matches("jdk.*ExecutionSample|jdk.NativeMethodSample"))) {
        return;
      }
      Thread.sleep(1000);
    } while (System.nanoTime() - end < 0);
    throw new AssertionError(process + " takes no samples");
  }

  /** Made without the agent, as it would be in practice. */
  private static Launch archive(Scene scene) throws Exception {
    Path archive = scene.directory().resolve("app.jsa");
    Process dump =
        new ProcessBuilder(
                scene.jdk().java().toString(),
                "-XX:ArchiveClassesAtExit=" + archive,
                "-jar",
                Apps.HELLO.jar().toString(),
                "hello")
            .redirectErrorStream(true)
            .redirectOutput(scene.directory().resolve("dump.log").toFile())
            .start();
    Check.same("exit status of the dump", Scene.exitStatus(dump), 0);
    return scene.launch().jvm("-XX:SharedArchiveFile=" + archive, "-Xlog:disable");
  }

  private static Launch recording(Scene scene) {
    return scene
        .launch()
        .jvm("-XX:StartFlightRecording=settings=profile,dumponexit=false")
        .jvmSince(17, "-Xlog:jfr+startup=off");
  }

  private static Launch debugger(Scene scene) throws Exception {
    String address = "address=127.0.0.1:";
    int port = FreePort.find();
    scene.expectArguments(all -> all.replace(address + port, address + "0"));
    scene.told().whenever("the debugger port " + port + " stays with this process; .*");
    return scene
        .launch()
        .jvm("-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,quiet=y," + address + port);
  }

  private static Launch jmx(Scene scene) throws Exception {
    String port = String.valueOf(FreePort.find());
    return scene
        .launch()
        .jvm(
            "-Dcom.sun.management.jmxremote.port=" + port,
            "-Dcom.sun.management.jmxremote.rmi.port=" + port,
            "-Dcom.sun.management.jmxremote.host=127.0.0.1",
            "-Djava.rmi.server.hostname=127.0.0.1",
            "-Dcom.sun.management.jmxremote.authenticate=false",
            "-Dcom.sun.management.jmxremote.ssl=false");
  }

  private static Launch otherAgent(Scene scene, boolean before) throws Exception {
    String agent =
        "-javaagent:"
            + AgentJar.write(SaboteurAgent.class, scene.directory().resolve("saboteur.jar"))
            + "="
            + scene.directory().resolve("no-orders");
    return before ? scene.launch().jvm(agent) : scene.launch().jvmAfterAgent(agent);
  }

  /** Where every class loader looks first. */
  private static Launch namesakes(Scene scene) throws Exception {
    Path classes = scene.directory().resolve("namesakes");
    for (String name :
        List.of(
            "net/bytebuddy/jar/asm/ClassReader",
            "com/kenai/jffi/Foreign",
            "com/google/gson/stream/JsonReader",
            "io/graceful/log/Log")) {
      Path file = classes.resolve(name + ".class");
      Files.createDirectories(file.getParent());
      Files.writeString(file, "broken");
    }
    return scene.launch().jvm("-Xbootclasspath/a:" + classes.toAbsolutePath());
  }

  private static Launch byteBuddy(Scene scene) {
    return scene.launch().jvm("-Xbootclasspath/a:" + Downloads.find(BYTE_BUDDY).orElseThrow());
  }

  private static Launch securityManager(Scene scene) throws Exception {
    Path policy = scene.directory().resolve("all.policy");
    Files.writeString(policy, "grant { permission java.security.AllPermission; };\n");
    scene.expectLines(line -> line.startsWith("WARNING: "));
    return scene.launch().jvm("-Djava.security.manager", "-Djava.security.policy=" + policy);
  }

  /** From Maven Central. */
  private static List<Fault> realAgents() {
    List<Fault> faults = new ArrayList<>();
    for (RealAgent agent : RealAgent.values()) {
      Fault before =
          agent.isServer()
              ? new Fault(GROUP, agent + " before ours", scene -> bindsTooEarly(scene, agent))
              : restarts(agent + " before ours", scene -> agent.launch(scene, true));
      Fault after = restarts(agent + " after ours", scene -> agent.launch(scene, false));
      faults.add(before.needing(agent.prefix()));
      faults.add(after.needing(agent.prefix()));
    }
    return faults;
  }

  /** It keeps selectors in a pool, so that one process holds more of them than another. */
  private static void jruby(Scene scene) throws Exception {
    // Recent JVMs warn of what JRuby does.
    scene.expectLines(line -> line.matches("WARNING: .*(sun\\.misc\\.Unsafe|org\\.jruby).*"));
    scene.start(webrick(scene));
    scene.dontCount(kind -> kind.startsWith("anon_inode:[event") || kind.equals("pipe"));
    scene.restartSucceeds();
    scene.nextRestartSucceeds();
  }

  private static Launch webrick(Scene scene) throws Exception {
    Path module = scene.directory().resolve("jruby");
    Files.createDirectories(module.resolve("target"));
    Files.createSymbolicLink(
        module.resolve("target/app.jar"), Downloads.find(JRUBY).orElseThrow().toAbsolutePath());
    Path script = module.resolve("webrick.rb");
    try (InputStream source = JvmFaults.class.getResourceAsStream("webrick.rb")) {
      Files.copy(source, script);
    }
    return scene
        .launch(App.http("jruby", module.toString(), 8, script.toString()))
        .jvm("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED")
        .jvm("--add-opens=java.base/java.io=ALL-UNNAMED");
  }

  private static void ownSignals(Scene scene) throws Exception {
    scene.start(scene.launch().with("own-signals", "TERM+HUP"));
    for (Signal signal : new Signal[] {Signal.SIGHUP, Signal.SIGTERM}) {
      scene.server().signal(signal);
      scene.awaitSignal(scene.old(), signal.name().substring(3));
    }
    scene.restartSucceeds();
    scene.nextRestartSucceeds();
  }

  /** It gets its signal, the operator is told, and the command restarts it. */
  private static void ownRestartSignal(Scene scene) throws Exception {
    scene.start(scene.launch().with("own-signals", "USR2"));
    scene.trigger();
    scene.awaitSignal(scene.old(), "USR2");
    scene.awaitLine("who has it", line -> line.contains("handles SIGUSR2 itself"));
    Process command = scene.command("restart", String.valueOf(scene.old().pid()));
    ProcessId successor = scene.awaitSpawned();
    Check.same("exit status of the command", Scene.exitStatus(command), 0);
    scene.awaitEnd(scene.old());
    scene.awaitAnswers();
    scene.told().whenever("the application handles SIGUSR2 itself, it does not restart: .*");
    scene.newServes(successor);
  }

  /** The new process's port is bound before our agent is there to give it. */
  private static void bindsTooEarly(Scene scene, RealAgent agent) throws Exception {
    scene.start(agent.launch(scene, true));
    scene.expectLines(line -> !line.startsWith("graceful"));
    scene.restartFails("exited with 1 before its agent had started");
  }

  /** The JVM leaves signals alone, and so do stops; USR2 is caught without the JVM. */
  private static void reducedSignals(Scene scene) throws Exception {
    scene.start(scene.launch().jvm("-Xrs"));
    scene.told().whenever("no graceful stop by SIG(TERM|INT): .* \\(-Xrs\\?\\)");
    scene.restartSucceeds();
    scene.nextRestartSucceeds();
  }
}
