package io.graceful.os;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;

/**
 * Starts a program with posix_spawn(3). ProcessBuilder is no option: it can't pass descriptors, and
 * it needs the helper of this very JDK version, which an upgrade in place has removed.
 */
public final class SpawnRequest {

  /** Where the child finds the first descriptor that it inherits. */
  public static final int INHERITED_FD = 3;

  /** Since glibc 2.29. */
  static final String ADD_CHDIR = "posix_spawn_file_actions_addchdir_np";

  /** Since glibc 2.34. */
  static final String ADD_CLOSEFROM = "posix_spawn_file_actions_addclosefrom_np";

  private static final short POSIX_SPAWN_SETSIGDEF = 0x04;
  private static final short POSIX_SPAWN_SETSIGMASK = 0x08;
  private static final int ATTRIBUTES_BYTES = 512;
  private static final int ACTIONS_BYTES = 256;
  private static final int SIGSET_BYTES = 128;
  private static final int CLONE_FS = 0x200;
  private static final int F_SETFD = 2;
  private static final int FD_CLOEXEC = 1;

  /** At most this many. */
  private static final int OPENED_MEANWHILE = 1024;

  private final byte[] program;
  private final List<byte[]> arguments;
  private final List<byte[]> environment;
  private int[] inherited = {};
  private String directory;
  private long blockedSignals;
  private long defaultSignals;
  private int umask = -1;
  private boolean orphaned;

  public SpawnRequest(String program, List<byte[]> arguments, List<byte[]> environment) {
    this.program = program.getBytes(StandardCharsets.UTF_8);
    this.arguments = arguments;
    this.environment = environment;
  }

  /**
   * The only descriptors above 2 that the child gets: numbered from {@link #INHERITED_FD} on there,
   * and with higher numbers here. Without this it gets none.
   */
  public SpawnRequest inherit(int... fds) {
    this.inherited = fds;
    return this;
  }

  public SpawnRequest directory(String path) {
    this.directory = path;
    return this;
  }

  /** The child's signal mask: bit 0 is signal 1. */
  public SpawnRequest block(long signals) {
    this.blockedSignals = signals;
    return this;
  }

  /** Signals that are ignored here and shall not be in the child. */
  public SpawnRequest reset(long signals) {
    this.defaultSignals = signals;
    return this;
  }

  /**
   * For the time of the call, as the umask belongs to the whole process: only given when it must
   * differ.
   */
  public SpawnRequest umask(int mask) {
    this.umask = mask;
    return this;
  }

  /**
   * As a child of whoever adopts orphans here, and not of this process, which so can't reap it; see
   * {@link OrphanCall}.
   */
  public SpawnRequest orphaned() {
    this.orphaned = true;
    return this;
  }

  /**
   * Starts it now.
   *
   * @return the pid
   * @throws ErrnoException what exec or a file action said: a missing program is an error here, not
   *     in the child
   */
  public int spawn(Libc libc) throws ErrnoException {
    return spawn(
        libc,
        new Predicate<String>() { // No lambda: for a supervisor it would be the only one.
          @Override
          public boolean test(String function) {
            return libc.calls.has(function);
          }
        });
  }

  /**
   * @param offered whether the C library has a function; a seam for tests of the old ones
   */
  int spawn(Libc libc, Predicate<String> offered) throws ErrnoException {
    if (directory == null || offered.test(ADD_CHDIR)) {
      return spawn(libc, offered, directory);
    }
    return isCurrent(directory) ? spawn(libc, offered, null) : spawnFromItsDirectory(libc, offered);
  }

  private static boolean isCurrent(String directory) {
    try {
      return Files.isSameFile(Paths.get(directory), Paths.get("/proc/self/cwd"));
    } catch (IOException missing) {
      return false;
    }
  }

  /**
   * Before glibc 2.29: from a thread that has a working directory of its own (unshare(2),
   * CLONE_FS). Containers may forbid that, and the directory is seldom another one.
   */
  private int spawnFromItsDirectory(Libc libc, Predicate<String> offered) throws ErrnoException {
    int[] pid = new int[1];
    Throwable[] failure = new Throwable[1];
    Thread thread =
        new Thread(
            () -> {
              try (NativeMemory path = NativeMemory.string(directory)) {
                libc.calls.check("unshare", CLONE_FS);
                libc.calls.check("chdir", path.address);
                pid[0] = spawn(libc, offered, null);
              } catch (Throwable failed) {
                failure[0] = failed;
              }
            },
            "graceful-spawn");
    thread.setDaemon(true);
    thread.start();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException later) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure[0] instanceof ErrnoException) {
      throw (ErrnoException) failure[0];
    }
    if (failure[0] != null) {
      throw new IllegalStateException(failure[0]);
    }
    return pid[0];
  }

  private int spawn(Libc libc, Predicate<String> offered, String workingDirectory)
      throws ErrnoException {
    NativeCalls calls = libc.calls;
    List<NativeMemory> kept = new ArrayList<>();
    try {
      long pid = keep(kept, new NativeMemory(4)).address;
      long actions = keep(kept, new NativeMemory(ACTIONS_BYTES)).address;
      long attributes = keep(kept, new NativeMemory(ATTRIBUTES_BYTES)).address;
      calls.call("posix_spawn_file_actions_init", actions);
      calls.call("posix_spawnattr_init", attributes);
      try {
        if (workingDirectory != null) {
          long path = keep(kept, NativeMemory.string(workingDirectory)).address;
          must("chdir", calls.call(ADD_CHDIR, actions, path));
        }
        int lowest = INHERITED_FD;
        for (int fd : inherited) {
          must("dup2", calls.call("posix_spawn_file_actions_adddup2", actions, fd, lowest++));
        }
        leakNothing(libc, offered, actions, lowest);
        must(
            "sigmask",
            calls.call("posix_spawnattr_setsigmask", attributes, sigset(kept, blockedSignals)));
        must(
            "sigdefault",
            calls.call("posix_spawnattr_setsigdefault", attributes, sigset(kept, defaultSignals)));
        must(
            "flags",
            calls.call(
                "posix_spawnattr_setflags",
                attributes,
                POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK));
        long path = keep(kept, cString(program)).address;
        long argv = pointers(kept, arguments);
        long envp = pointers(kept, environment);
        long before = umask < 0 ? -1 : calls.call("umask", umask);
        try {
          must("posix_spawn", posixSpawn(libc, pid, path, actions, attributes, argv, envp));
        } finally {
          if (umask >= 0) {
            calls.call("umask", before);
          }
        }
        return kept.get(0).bytes.getInt(0);
      } finally {
        calls.call("posix_spawnattr_destroy", attributes);
        calls.call("posix_spawn_file_actions_destroy", actions);
      }
    } finally {
      for (NativeMemory memory : kept) {
        memory.close();
      }
    }
  }

  private long posixSpawn(Libc libc, long... arguments) throws ErrnoException {
    return orphaned
        ? OrphanCall.call(libc, "posix_spawn", arguments)
        : libc.calls.call("posix_spawn", arguments);
  }

  /**
   * JDK sockets are not close-on-exec: one client connection leaked into the child would never
   * close.
   */
  private static void leakNothing(Libc libc, Predicate<String> offered, long actions, int lowest)
      throws ErrnoException {
    if (offered.test(ADD_CLOSEFROM)) {
      must("closefrom", libc.calls.call(ADD_CLOSEFROM, actions, lowest));
      return;
    }
    closeEach(libc, actions, lowest);
  }

  /**
   * Before glibc 2.34. What the app opens between here and the spawn gets numbers that are closed
   * now, or the lowest that are free; and to close one that is not open is no error, unless it is
   * beyond the limit.
   */
  private static void closeEach(Libc libc, long actions, int lowest) throws ErrnoException {
    BitSet open = open(lowest);
    BitSet all = (BitSet) open.clone();
    int free = lowest;
    for (int i = 0; i < OPENED_MEANWHILE; i++) {
      free = open.nextClearBit(free);
      all.set(free++);
    }
    long limit = ProcFs.openFilesLimit();
    for (int fd = all.nextSetBit(lowest); fd >= 0; fd = all.nextSetBit(fd + 1)) {
      if (fd < limit) {
        must("close", libc.calls.call("posix_spawn_file_actions_addclose", actions, fd));
      } else if (open.get(fd)) {
        libc.calls.call("fcntl", fd, F_SETFD, FD_CLOEXEC);
      }
    }
  }

  /** All that are open now, from this one on. */
  static void closeOnExec(Libc libc, int lowest) throws ErrnoException {
    BitSet open = open(lowest);
    for (int fd = open.nextSetBit(lowest); fd >= 0; fd = open.nextSetBit(fd + 1)) {
      libc.calls.call("fcntl", fd, F_SETFD, FD_CLOEXEC);
    }
  }

  private static BitSet open(int lowest) throws ErrnoException {
    try {
      BitSet open = new BitSet();
      for (int fd : ProcFs.openDescriptors()) {
        if (fd >= lowest) {
          open.set(fd);
        }
      }
      return open;
    } catch (IOException noProc) {
      throw new ErrnoException("list /proc/self/fd", ErrnoException.ENOENT);
    }
  }

  private static long sigset(List<NativeMemory> kept, long signals) {
    NativeMemory set = keep(kept, new NativeMemory(SIGSET_BYTES));
    set.bytes.putLong(0, signals);
    return set.address;
  }

  /** A table of C strings that ends with a null: argv, or envp. */
  static long pointers(List<NativeMemory> kept, List<byte[]> strings) {
    NativeMemory table = keep(kept, new NativeMemory(8 * (strings.size() + 1)));
    for (int i = 0; i < strings.size(); i++) {
      table.bytes.putLong(8 * i, keep(kept, cString(strings.get(i))).address);
    }
    return table.address;
  }

  private static NativeMemory cString(byte[] text) {
    NativeMemory memory = new NativeMemory(text.length + 1);
    memory.bytes.put(text);
    return memory;
  }

  private static NativeMemory keep(List<NativeMemory> kept, NativeMemory memory) {
    kept.add(memory);
    return memory;
  }

  /** These functions return the error instead of setting errno. */
  private static void must(String step, long error) throws ErrnoException {
    if ((int) error != 0) {
      throw new ErrnoException(step, (int) error);
    }
  }
}
