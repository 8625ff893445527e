package io.graceful.control;

import java.io.IOException;
import java.nio.file.Path;

/** Somebody listens on a control socket, but accepts nobody any more or does not answer. */
public final class SilentAgentException extends IOException {

  private static final long serialVersionUID = 1;

  SilentAgentException(Path socket, IOException cause) {
    super(inWords(socket), cause);
  }

  private static String inWords(Path socket) {
    SocketName name = SocketName.of(socket);
    return name == null
        ? socket + " is not answered: the process that listens there is stopped or hangs"
        : "pid "
            + name.pid()
            + " does not answer: its process is stopped (then kill -CONT "
            + name.pid()
            + ") or hangs";
  }
}
