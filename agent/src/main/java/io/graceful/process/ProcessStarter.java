package io.graceful.process;

import java.io.IOException;
import java.util.Map;

/** Starts processes from the reactor's thread; a seam for tests of the restart. */
public interface ProcessStarter {

  /**
   * @param lifeline the end of the packet pair that becomes descriptor 3 there; the caller closes
   *     its own
   * @param other what to start; null for the command line of this process
   * @throws IOException if it can't be started; the message says why and what to do
   */
  SuccessorProcess start(int lifeline, OtherCommand other) throws IOException;

  /**
   * Starts a program of the operator's, as this process was started itself.
   *
   * @param program its path; relative ones count from the directory in which this process was
   *     started
   * @param facts added to its environment
   * @throws IOException if it can't be started
   */
  ChildProcess startHook(String program, String argument, Map<String, String> facts)
      throws IOException;
}
