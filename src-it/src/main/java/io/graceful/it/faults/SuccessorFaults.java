package io.graceful.it.faults;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Launch;
import io.graceful.it.jvm.AgentJar;
import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.Check;
import io.graceful.it.jvm.JdkCopy;
import io.graceful.it.jvm.ProcessId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import jnr.constants.platform.Signal;

/** The new process ends or hangs, at each step; or can't even be started. */
final class SuccessorFaults {
  private static final String GROUP = "successor";

  /** Of the new process, where it is to be over soon. */
  private static final String SHORT = "3s";

  private static final String STOPS = "SIGTERM: stopping, .*|drained in .*; exiting";

  private static final int EM_RISCV = 243;

  /** Of address space: it has no room for its classes then. */
  private static final int TOO_FEW_KB = 2_000_000;

  /** The application's threads. */
  private static final int POOL = 200;

  private SuccessorFaults() {}

  static List<Fault> all() {
    List<Fault> faults = new ArrayList<>();
    faults.add(program("exits with 0 before the JVM", "exit 0", "exited with 0"));
    faults.add(program("exits with 1 before the JVM", "exit 1", "exited with 1").always());
    faults.add(program("is killed before the JVM", "kill -KILL $$", "was killed by signal 9"));
    faults.add(program("hangs before the JVM", "exec sleep 600", "within " + SHORT));
    faults.add(exec("java is missing", JdkCopy::delete, "does not exist"));
    faults.add(
        exec(
            "java is not executable",
            copy -> copy.setPermissions("rw-r--r--"),
            "is not executable"));
    faults.add(exec("java is an empty file", copy -> copy.replaceBy(new byte[0]), "can't execute"));
    faults.add(
        exec(
            "java is for another processor",
            copy -> copy.replaceBy(forAnotherProcessor()),
            "can't execute"));
    faults.add(new Fault(GROUP, "no process may be started", SuccessorFaults::noProcess));
    faults.add(new Fault(GROUP, "has no memory for a JVM", SuccessorFaults::noMemory));
    for (boolean first : new boolean[] {true, false}) {
      String where = first ? " in premain, before ours" : " in premain, after ours";
      faults.add(agent("exits with 0" + where, first, SaboteurAgent.EXIT_0, "exited with 0"));
      faults.add(agent("exits with 1" + where, first, SaboteurAgent.EXIT_1, "exited with 1"));
      faults.add(agent("is killed" + where, first, SaboteurAgent.KILL, "was killed by signal 9"));
      faults.add(agent("hangs" + where, first, SaboteurAgent.HANG, "within " + SHORT));
      faults.add(agent("throws" + where, first, SaboteurAgent.THROW, "was killed by signal 6"));
    }
    faults.add(app("exits with 0 before it binds", "exited with 0", "exit-from", "exit-code=0"));
    faults.add(app("exits with 3 before it binds", "exited with 3", "exit-from", "exit-code=3"));
    faults.add(app("hangs before it binds", "within " + SHORT, "hang-from").always());
    for (String code : new String[] {"0", "1"}) {
      String reason = "exited with " + code;
      String option = "exit-bound-code=" + code;
      faults.add(
          app("exits with " + code + " after it has bound", reason, "exit-bound-from", option));
      faults.add(exits(code, " while both serve", SuccessorFaults::held));
      faults.add(exits(code, " while connections are moving", SuccessorFaults::moving));
      faults.add(exits(code, " in the soak", SuccessorFaults::soaking));
    }
    faults.add(new Fault(GROUP, "is killed after it has bound", SuccessorFaults::killBound));
    faults.add(
        new Fault(GROUP, "is killed while connections are moving", SuccessorFaults::killMoving));
    faults.add(app("hangs after it has bound", "within " + SHORT, "hang-bound-from"));
    faults.add(new Fault(GROUP, "is killed before it binds", SuccessorFaults::killBeforeBind));
    faults.add(new Fault(GROUP, "binds fewer ports", SuccessorFaults::fewerPorts));
    faults.add(
        new Fault(GROUP, "is killed while both serve", scene -> whileHeld(scene, Signal.SIGKILL)));
    faults.add(
        new Fault(GROUP, "exits while both serve", scene -> whileHeld(scene, Signal.SIGTERM)));
    faults.add(new Fault(GROUP, "stops and goes on while both serve", SuccessorFaults::pauseHeld));
    faults.add(new Fault(GROUP, "is killed in the soak", SuccessorFaults::killInSoak).always());
    faults.add(new Fault(GROUP, "stops and goes on in the soak", SuccessorFaults::pauseInSoak));
    return faults;
  }

  /** The program java is a script from the restart on. */
  private static Fault program(String name, String script, String reason) {
    return exec(name, copy -> copy.replaceBy(script), reason);
  }

  private static Fault exec(String name, Consumer<JdkCopy> breakIt, String reason) {
    return new Fault(
        GROUP,
        name,
        scene -> {
          JdkCopy copy = JdkCopy.of(scene.jdk(), scene.directory().resolve("jdk"));
          scene.start(scene.launch(Apps.HTTPSERVER, copy.jdk()).option("ready.timeout", SHORT));
          breakIt.accept(copy);
          scene.restartFails(reason);
          copy.restore();
          scene.nextRestartSucceeds();
        });
  }

  /** The kernel holds ordinary users to RLIMIT_NPROC, not root: setrlimit(2). */
  private static void noProcess(Scene scene) throws Exception {
    OrdinaryUser user = new OrdinaryUser();
    scene.start(scene.launchAs(user));
    // From here on the application needs no more threads.
    Await.until("all threads", Duration.ofSeconds(30), () -> scene.threads() > POOL);
    user.limitProcesses(scene.old(), "1");
    scene.expectLines(line -> line.contains("[warning][os,thread]")); // Of the JVM's compilers.
    scene.restartFails("limit on processes");
    user.limitProcesses(scene.old(), "4000");
    scene.nextRestartSucceeds();
  }

  /** The JVM says so itself, in many words, whenever it finds out. */
  private static void noMemory(Scene scene) throws Exception {
    JdkCopy copy = JdkCopy.of(scene.jdk(), scene.directory().resolve("jdk"));
    scene.expectLines(line -> true);
    scene.start(scene.launch(Apps.HTTPSERVER, copy.jdk()));
    copy.replaceBy("ulimit -v " + TOO_FEW_KB + "; exec " + scene.jdk().java() + " \"$@\"");
    scene.restartFails("exited with 1 before ");
    copy.restore();
    scene.nextRestartSucceeds();
  }

  private static Fault agent(String name, boolean first, String order, String reason) {
    return new Fault(
        GROUP,
        name,
        scene -> {
          Path orders = scene.directory().resolve("orders");
          Path jar = AgentJar.write(SaboteurAgent.class, scene.directory().resolve("saboteur.jar"));
          String other = "-javaagent:" + jar + "=" + orders;
          Launch launch = scene.launch().option("ready.timeout", SHORT);
          scene.start(first ? launch.jvm(other) : launch.jvmAfterAgent(other));
          Files.writeString(orders, order);
          // The JVM tells of an exception in an agent.
          scene.expectLines(line -> order.equals(SaboteurAgent.THROW));
          scene.restartFails(reason);
          Files.delete(orders);
          scene.nextRestartSucceeds();
        });
  }

  private static Fault app(String name, String reason, String option, String... more) {
    return new Fault(
        GROUP,
        name,
        scene -> {
          Launch launch = scene.launch().option("ready.timeout", SHORT).with(option, 2);
          for (String argument : more) {
            launch.with(argument.split("=")[0], argument.split("=")[1]);
          }
          scene.start(launch);
          scene.expectLines(line -> line.startsWith("app: "));
          scene.restartFails(reason);
          scene.server().forgetStarts();
          scene.nextRestartSucceeds();
        });
  }

  private static void killBeforeBind(Scene scene) throws Exception {
    scene.start(scene.launch().with("hang-from", 2));
    scene.trigger();
    ProcessId successor = scene.awaitSpawned();
    scene.awaitMain(successor);
    successor.signal(Signal.SIGKILL);
    scene.oldServesOn("was killed by signal 9", Set.of(scene.old().pid()));
    scene.server().forgetStarts();
    scene.nextRestartSucceeds();
  }

  private static void fewerPorts(Scene scene) throws Exception {
    scene.start(scene.launch(Apps.TWO).option("ready.timeout", SHORT).with("fewer-from", 2));
    scene.trigger();
    ProcessId successor = scene.awaitSpawned();
    // It accepts from the queue that both share as soon as it has bound the first port.
    scene.oldServesOn(scene.server().argument("admin"), Set.of(scene.old().pid(), successor.pid()));
    scene.server().forgetStarts();
    scene.nextRestartSucceeds();
  }

  /** Both accept, so what the new one had is lost if it dies; and nothing else. */
  private static void whileHeld(Scene scene, Signal signal) throws Exception {
    scene.start(scene.launch());
    Process restart =
        scene.command("restart", String.valueOf(scene.old().pid()), "--hold", "--timeout", "60");
    ProcessId successor = scene.awaitSpawned();
    Check.same("exit status of restart --hold", Scene.exitStatus(restart), 0);
    Death death = scene.end(successor, signal);
    scene.told().atMost(signal == Signal.SIGTERM ? 2 : 0, successor, STOPS);
    goesBack(scene, death, true);
  }

  private static void pauseHeld(Scene scene) throws Exception {
    scene.start(scene.launch());
    String pid = String.valueOf(scene.old().pid());
    Process restart = scene.command("restart", pid, "--hold", "--timeout", "60");
    ProcessId successor = scene.awaitSpawned();
    Check.same("exit status of restart --hold", Scene.exitStatus(restart), 0);
    pause(successor);
    scene.told().once(scene.old(), held(successor));
    Check.same("exit status of commit", Scene.exitStatus(scene.command("commit", pid)), 0);
    scene.newServes(successor);
  }

  private interface Moment {
    /** Waits for it. */
    void await(Scene scene, ProcessId successor) throws Exception;
  }

  /** By itself, as an application may at any time. */
  private static Fault exits(String code, String when, Moment moment) {
    return new Fault(
        GROUP,
        "exits with " + code + when,
        scene -> {
          scene.start(scene.launch().option("soak", "6s").with("obedient", true));
          boolean holds = when.endsWith("both serve");
          if (holds) {
            hold(scene);
          } else {
            scene.trigger();
          }
          ProcessId successor = scene.awaitSpawned();
          moment.await(scene, successor);
          long begun = System.nanoTime();
          scene.order("exit", 2, code + "\n");
          scene.awaitEnd(successor);
          goesBack(scene, new Death(successor, begun, System.nanoTime()), holds);
        });
  }

  private static Process hold(Scene scene) throws Exception {
    String pid = String.valueOf(scene.old().pid());
    return scene.command("restart", pid, "--hold", "--timeout", "60");
  }

  private static void held(Scene scene, ProcessId successor) {
    scene.awaitLine("the hold", line -> line.contains("is ready and held"));
  }

  private static void moving(Scene scene, ProcessId successor) {
    scene.awaitHandover();
  }

  private static void soaking(Scene scene, ProcessId successor) {
    scene.awaitHandover();
    scene.awaitAnswers();
  }

  private static void killMoving(Scene scene) throws Exception {
    scene.start(scene.launch().option("soak", "6s"));
    scene.trigger();
    ProcessId successor = scene.awaitSpawned();
    moving(scene, successor);
    goesBack(scene, scene.kill(successor), false);
  }

  /** The old one serves, as before; what was with the new one is lost, and nothing else. */
  private static void goesBack(Scene scene, Death death, boolean held) throws Exception {
    scene.awaitLine("the failure", line -> line.contains("restart failed"));
    scene.awaitAnswers();
    Losses.onlyOf(scene.stopLoad(), death);
    ProcessId successor = death.process();
    if (held) {
      scene.told().once(scene.old(), held(successor));
    } else {
      scene.told().atMost(1, successor, "generation 2 serves on .*"); // If it gets that far.
      scene
          .told()
          .once(scene.old(), "handed over to pid " + successor.pid() + " after .*; draining");
    }
    scene.toldOnce("pid " + successor.pid());
    scene.isAsBefore();
    scene.server().forgetStarts();
    scene.nextRestartSucceeds();
  }

  private static void killBound(Scene scene) throws Exception {
    scene.start(scene.launch().with("hang-bound-from", 2));
    scene.trigger();
    ProcessId successor = scene.awaitSpawned();
    int port = scene.server().port();
    scene.awaitListener(successor, port);
    scene.kill(successor);
    scene.oldServesOn("was killed by signal 9", Set.of(scene.old().pid()));
    scene.server().forgetStarts();
    scene.nextRestartSucceeds();
  }

  private static String held(ProcessId successor) {
    return "pid " + successor.pid() + " is ready and held: both serve";
  }

  private static void killInSoak(Scene scene) throws Exception {
    scene.start(scene.launch().option("soak", "6s"));
    scene.trigger();
    ProcessId successor = scene.awaitSpawned();
    scene.awaitHandover();
    scene.awaitAnswers();
    goesBack(scene, scene.kill(successor), false);
  }

  private static void pauseInSoak(Scene scene) throws Exception {
    scene.start(scene.launch().option("soak", "5s"));
    scene.trigger();
    ProcessId successor = scene.awaitSpawned();
    scene.awaitHandover();
    pause(successor);
    scene.awaitAnswers();
    scene.newServes(successor);
  }

  private static void pause(ProcessId process) throws InterruptedException {
    process.signal(Signal.SIGSTOP);
    Thread.sleep(2000);
    process.signal(Signal.SIGCONT);
  }

  /** An ELF header (elf.h) and no more. */
  private static byte[] forAnotherProcessor() {
    ByteBuffer header = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
    header.put("\u007fELF".getBytes(StandardCharsets.ISO_8859_1)).put((byte) 2).put((byte) 1);
    header.put((byte) 1).position(16);
    header.putShort((short) 2).putShort((short) EM_RISCV).putInt(1);
    return header.array();
  }
}
