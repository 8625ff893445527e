package io.graceful.sockets;

import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Listeners that were bound before anybody watched: how, has to be guessed. The kernel does not
 * tell whether a port was asked for or chosen by itself.
 */
public final class EarlierListeners {

  /** Of the JVM's own listener for jcmd and the like (AttachListener, attachListener_linux.cpp). */
  private static final String JVMS_OWN = "/.java_pid";

  private final Libc libc;
  private final IntPredicate isNamed;
  private final IntPredicate isDebuggers;
  private final List<ListenerKey> handedOver = new ArrayList<>();
  private final List<ListenerKey> ephemeral = new ArrayList<>();

  /**
   * @param isNamed whether somebody has written this port number down for the app
   * @param isDebuggers whether the JVM's debugger listens on it, which does not bind as the app
   *     does
   */
  public EarlierListeners(Libc libc, IntPredicate isNamed, IntPredicate isDebuggers) {
    this.libc = libc;
    this.isNamed = isNamed;
    this.isDebuggers = isDebuggers;
  }

  /** What was bound by the time of this call, as if it had been seen. */
  public void record(BoundSockets bound) throws IOException {
    int[] range = ProcFs.ephemeralPorts();
    for (Listener listener : LiveListeners.scan(libc, bound).leftOut()) {
      ListenerKey key = listener.key();
      if (key.isUnix() ? key.path().contains(JVMS_OWN) : isDebuggers.test(key.port())) {
        continue;
      }
      boolean mayBeChosen = !key.isUnix() && key.port() >= range[0] && key.port() <= range[1];
      boolean isChosen = mayBeChosen && !isNamed.test(key.port());
      (isChosen ? ephemeral : handedOver).add(key);
      for (int fd : listener.descriptors()) {
        bound.record(fd, isChosen);
      }
    }
  }

  /** For the operator. */
  @Override
  public String toString() {
    return handedOver
        + (ephemeral.isEmpty()
            ? ""
            : "; not handed over, since the system seems to have chosen the port: " + ephemeral);
  }
}
