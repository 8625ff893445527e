package io.graceful.process;

import java.io.IOException;

/** Starts the new process; a seam for tests of the restart. */
public interface ProcessStarter {

  /**
   * @param lifeline the end of the packet pair that becomes descriptor 3 there; the caller closes
   *     its own
   * @param other what to start; null for the command line of this process
   * @throws IOException if it can't be started; the message says why and what to do
   */
  ChildProcess start(int lifeline, OtherCommand other) throws IOException;
}
