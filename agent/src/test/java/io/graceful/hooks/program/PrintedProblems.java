package io.graceful.hooks.program;

import io.graceful.hooks.Hooks;

/** Problems that would disable restarts. */
final class PrintedProblems implements Hooks.Observer {

  @Override
  public void onHooked() {}

  @Override
  public void onHookProblem(String problem) {
    System.out.println("problem: " + problem);
  }
}
