package io.graceful.restart;

import io.graceful.process.SuccessorProcess;
import java.io.IOException;

/** A process that somebody else has started, and that asks to take over. */
public interface Newcomer {

  /**
   * Gives it its end of the lifeline; once.
   *
   * @param lifeline goes there as a duplicate
   * @throws IOException if it is gone
   */
  SuccessorProcess join(int lifeline) throws IOException;
}
