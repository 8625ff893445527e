package io.graceful.it.faults;

import io.graceful.it.app.Apps;
import io.graceful.it.app.FreePort;
import io.graceful.it.app.Launch;
import io.graceful.it.jvm.AgentJar;
import io.graceful.it.jvm.Jdk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Ways of running a JVM that an agent may get in the way of, or the other way round. */
final class JvmFaults {
  private static final String GROUP = "jvm";

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
    faults.add(restarts("a class data archive of its own (AppCDS)", JvmFaults::archive));
    faults.add(restarts("a flight recording", JvmFaults::recording));
    faults.add(restarts("a debugger's port", JvmFaults::debugger));
    faults.add(restarts("JMX over the network", JvmFaults::jmx).always());
    faults.add(restarts("another agent before ours", scene -> otherAgent(scene, true)));
    faults.add(restarts("another agent after ours", scene -> otherAgent(scene, false)));
    if (jdk.feature() <= 17) {
      faults.add(restarts("a security manager", JvmFaults::securityManager));
    }
    faults.addAll(realAgents());
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
        .jvm("-XX:StartFlightRecording=settings=profile,dumponexit=false", "-Xlog:jfr+startup=off");
  }

  private static Launch debugger(Scene scene) throws Exception {
    return scene
        .launch()
        .jvm(
            "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,quiet=y,address=127.0.0.1:"
                + FreePort.find());
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

  private static Launch securityManager(Scene scene) throws Exception {
    Path policy = scene.directory().resolve("all.policy");
    java.nio.file.Files.writeString(policy, "grant { permission java.security.AllPermission; };\n");
    scene.expectLines(line -> line.startsWith("WARNING: "));
    return scene.launch().jvm("-Djava.security.manager", "-Djava.security.policy=" + policy);
  }

  /** Those in the directory that the campaign has filled; none at a build. */
  private static List<Fault> realAgents() {
    List<Fault> faults = new ArrayList<>();
    for (RealAgent agent : RealAgent.values()) {
      if (agent.isThere()) {
        faults.add(restarts(agent + " before ours", scene -> agent.launch(scene, true)));
        faults.add(restarts(agent + " after ours", scene -> agent.launch(scene, false)));
      }
    }
    return faults;
  }

  /** The JVM leaves signals alone, and so do stops; USR2 is caught without the JVM. */
  private static void reducedSignals(Scene scene) throws Exception {
    scene.start(scene.launch().jvm("-Xrs"));
    scene.restartSucceeds();
    scene.nextRestartSucceeds();
  }
}
