package io.graceful.sockets;

import io.graceful.os.Arch;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Threads of ours that sit in accept(2), poll(2), read(2) and the like on a descriptor, seen
 * through {@code /proc/self/task/N/syscall}.
 */
public final class WaitingThreads {

  /**
   * The signal with which the JDK itself wakes a thread out of a system call (libnio's
   * NativeThread.c, libnet).
   */
  private static final int WAKE_UP = 64 - 2;

  private static final int MOST_POLLED = 64;

  /** Once seen. */
  private static volatile boolean isCaught;

  private final Map<Integer, Set<Integer>> descriptorsByThread = new HashMap<>();

  private final List<Integer> running = new ArrayList<>();

  private WaitingThreads() {}

  /** Looks now. */
  public static WaitingThreads scan(Arch arch) throws IOException {
    WaitingThreads found = new WaitingThreads();
    for (int tid : ProcFs.threads()) {
      String[] call = ProcFs.call(tid);
      if (call != null && call.length == 1) {
        found.running.add(tid);
      } else if (call != null) {
        found.note(arch, tid, call);
      }
    }
    return found;
  }

  private void note(Arch arch, int tid, String[] call) {
    int number = Integer.parseInt(call[0]);
    if (arch.isAccept(number) || arch.isTransfer(number)) {
      descriptorsByThread.computeIfAbsent(tid, t -> new TreeSet<>()).add((int) hex(call[1]));
    } else if (arch.isPoll(number)) {
      long count = Math.min(hex(call[2]), MOST_POLLED);
      for (int i = 0; i < count; i++) {
        try {
          int fd = ProcFs.readInt(hex(call[1]) + 8L * i);
          descriptorsByThread.computeIfAbsent(tid, t -> new TreeSet<>()).add(fd);
        } catch (IOException returnedMeanwhile) {
          return;
        }
      }
    }
  }

  private static long hex(String word) {
    return Long.parseUnsignedLong(word.substring(2), 16);
  }

  public boolean anyOn(int fd) {
    for (Set<Integer> descriptors : descriptorsByThread.values()) {
      if (descriptors.contains(fd)) {
        return true;
      }
    }
    return false;
  }

  /** Those that wait on one of the descriptors. */
  List<Integer> on(Set<Integer> fds) {
    List<Integer> threads = new ArrayList<>();
    descriptorsByThread.forEach(
        (thread, descriptors) -> {
          if (!Collections.disjoint(fds, descriptors)) {
            threads.add(thread);
          }
        });
    return threads;
  }

  /** Those that are not blocked: which system call they may be in is not known. */
  List<Integer> running() {
    return running;
  }

  /** What a thread waits on. */
  Set<Integer> descriptorsOf(int thread) {
    return descriptorsByThread.getOrDefault(thread, Collections.emptySet());
  }

  /** As {@link #interrupt(Libc, Collection)}, of those that wait on one of the descriptors. */
  public void interruptOn(Libc libc, Collection<Integer> fds) throws IOException {
    interrupt(libc, on(new HashSet<>(fds)));
  }

  /**
   * Makes sure that threads can be interrupted, also of an app that has its own way to the network
   * (Netty's native transport).
   *
   * @throws IOException if the JDK does not catch the signal
   */
  public static void prepareInterrupts() throws IOException {
    try {
      Class.forName("sun.nio.ch.NativeThread"); // Its initializer sets the handler.
    } catch (ClassNotFoundException otherJdk) {
      // Then the handler tells.
    }
    if (!canInterrupt()) {
      throw new IOException("the JDK does not catch signal " + WAKE_UP);
    }
  }

  private static boolean canInterrupt() {
    // The handler stays; the file can't be read when there are no descriptors left.
    isCaught = isCaught || contains(ProcFs.signals("SigCgt"));
    return isCaught;
  }

  /** A thread that doesn't take the signal at all never gets it. */
  static boolean takesInterrupts(int thread) throws IOException {
    return !contains(ProcFs.signals(thread, "SigBlk"));
  }

  /**
   * Whether the thread has not got the signal yet. It gets it when it returns from the kernel, so
   * afterwards it is not in the call any more in which it was; not for one that is gone. One that
   * can't be looked at may not have got it.
   */
  static boolean isInterruptPending(int thread) {
    try {
      return contains(ProcFs.signals(thread, "SigPnd"));
    } catch (IOException unreadable) {
      return true;
    }
  }

  private static boolean contains(long signals) {
    return (signals >>> (WAKE_UP - 1) & 1) != 0;
  }

  /**
   * Makes the threads' calls return EINTR: the JDK then makes them anew, on whatever the number
   * refers to by now.
   */
  static void interrupt(Libc libc, Collection<Integer> threads) throws IOException {
    if (!canInterrupt()) {
      return; // The default action would end the process; without the handler no JDK thread can be
      // in such a call.
    }
    int pid = ProcFs.pid();
    for (int thread : threads) {
      libc.signalThread(pid, thread, WAKE_UP);
    }
  }
}
