package io.graceful.hooks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What became of the hooks that a restart can do without. Written by threads that load classes. */
final class Findings {

  private final Set<Hook> found = new HashSet<>();

  /** In words. */
  private final Map<Hook, String> missing = new LinkedHashMap<>();

  synchronized void found(Hook hook) {
    found.add(hook);
  }

  synchronized void missing(Hook hook, String problem) {
    missing.put(hook, problem);
  }

  /**
   * @param among what the caller needs
   */
  List<String> problems(Hook... among) {
    List<String> problems = new ArrayList<>();
    for (Hook hook : among) {
      String problem = problem(hook);
      if (problem != null
          && isNotElsewhere(((CallHook) hook).elsewhere)
          && !problems.contains(problem)) {
        problems.add(problem);
      }
    }
    return Collections.unmodifiableList(problems);
  }

  private synchronized String problem(Hook hook) {
    return missing.get(hook);
  }

  /** The class with the call may not have been needed yet, so it is loaded, which has it hooked. */
  private boolean isNotElsewhere(CallHook elsewhere) {
    if (elsewhere == null) {
      return true;
    }
    try {
      Class.forName(elsewhere.className(), false, null);
    } catch (ClassNotFoundException notInThisJdk) {
      return true;
    }
    synchronized (this) {
      return !found.contains(elsewhere);
    }
  }
}
