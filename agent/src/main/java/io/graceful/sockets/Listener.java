package io.graceful.sockets;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** A listening socket of this process, with every number under which the app holds it. */
public final class Listener {

  private final ListenerKey key;
  private final long inode;
  private final List<Integer> descriptors = new ArrayList<>();

  Listener(ListenerKey key, long inode) {
    this.key = key;
    this.inode = inode;
  }

  /** Theirs, in the same order. */
  public static List<ListenerKey> keys(Collection<Listener> listeners) {
    List<ListenerKey> keys = new ArrayList<>();
    for (Listener listener : listeners) {
      keys.add(listener.key());
    }
    return keys;
  }

  public ListenerKey key() {
    return key;
  }

  long inode() {
    return inode;
  }

  List<Integer> descriptors() {
    return descriptors;
  }

  /** The app's own numbers first: we may have one too, which came from systemd. */
  void prefer(Predicate<Integer> own) {
    descriptors.sort(Comparator.comparing(fd -> !own.test(fd)));
  }

  /** One of the numbers; owned by the app. */
  public int descriptor() {
    return descriptors.get(0);
  }

  @Override
  public String toString() {
    return key.toString();
  }
}
