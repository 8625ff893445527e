package io.graceful.it.faults;

import io.graceful.it.jvm.ProcessId;
import io.graceful.it.jvm.ProcessView;
import java.util.ArrayList;
import java.util.List;

/** The limit of open files is reached, by the old or the new process, at each step, for a while. */
final class LimitFaults {
  private static final String GROUP = "limits";
  private static final String ENOUGH = "4096";
  private static final int MILLIS = 1500;

  /** Of address space: without it the JVM gives up by itself. */
  private static final int SPARE_KB = 16_000;

  private LimitFaults() {}

  static List<Fault> all() {
    List<Fault> faults = new ArrayList<>();
    faults.add(
        new Fault(GROUP, "the old one has no address space left", LimitFaults::noAddressSpace));
    for (Moment when : Moment.values()) {
      faults.add(
          new Fault(
              GROUP,
              "the old one has no descriptor left " + when,
              scene -> run(scene, when, true)));
      if (when != Moment.BOUND) { // Then it opens its control socket, or does without for good.
        faults.add(
            new Fault(
                GROUP,
                "the new one has no descriptor left " + when,
                scene -> run(scene, when, false)));
      }
    }
    return faults;
  }

  /** Whether the restart succeeds or not, one of the two serves, and no request is lost. */
  private static void run(Scene scene, Moment when, boolean old) throws Exception {
    scene.start(scene.launch().option("soak", "2s").with("slow-start", 500));
    scene.told().whenever("no control socket, signals work all the same: .*");
    scene.trigger();
    ProcessId successor = when.await(scene);
    ProcessId limited = old ? scene.old() : successor;
    limit(
        scene,
        limited,
        "--nofile",
        String.valueOf(ProcessView.of(limited.pid()).descriptors().size()));
    Thread.sleep(MILLIS);
    limit(scene, limited, "--nofile", ENOUGH);
    scene.eitherServes(successor);
    scene.server().forgetStarts();
    scene.nextRestartSucceeds();
  }

  /** Its threads can't grow in number, nor its heaps; it restarts all the same, or says why not. */
  private static void noAddressSpace(Scene scene) throws Exception {
    scene.start(scene.launch());
    scene.awaitPreloaded();
    ProcessId old = scene.old();
    String kilobytes = ProcessView.of(old.pid()).status("VmSize").replaceAll("[^0-9]", "");
    limit(scene, old, "--as", String.valueOf((Long.parseLong(kilobytes) + SPARE_KB) * 1024));
    scene.trigger();
    ProcessId successor = scene.awaitSpawned();
    scene.eitherServes(successor);
    limit(scene, old, "--as", "unlimited");
    scene.server().forgetStarts();
    scene.nextRestartSucceeds();
  }

  private static void limit(Scene scene, ProcessId process, String what, String soft)
      throws Exception {
    if (process.exists()) {
      scene.run("prlimit", what + "=" + soft + ":", "--pid", String.valueOf(process.pid()));
    }
  }
}
