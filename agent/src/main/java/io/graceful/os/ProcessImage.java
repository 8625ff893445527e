package io.graceful.os;

import java.util.ArrayList;
import java.util.List;

/** What runs in this process, which can be exchanged without a new pid (execve(2)). */
public final class ProcessImage {

  private static final int FIRST_BEYOND_STDERR = 3;
  private static final int SIGSET_BYTES = 128;
  private static final int SIG_SETMASK = 2;

  private ProcessImage() {}

  /**
   * Does not return if it succeeds: this JVM is gone then, without any shutdown.
   *
   * @param inherited how many descriptors above stderr the new program gets: those from 3 on
   * @param blocked the signal mask of the new program; bit 0 is signal 1
   */
  public static void replace(
      Libc libc,
      String program,
      List<byte[]> arguments,
      List<byte[]> environment,
      int inherited,
      long blocked)
      throws ErrnoException {
    List<NativeMemory> kept = new ArrayList<>();
    NativeMemory path = NativeMemory.string(program);
    kept.add(path);
    NativeMemory mask = new NativeMemory(SIGSET_BYTES);
    mask.bytes.putLong(0, blocked);
    kept.add(mask);
    try {
      long argv = SpawnRequest.pointers(kept, arguments);
      long envp = SpawnRequest.pointers(kept, environment);
      SpawnRequest.closeOnExec(libc, FIRST_BEYOND_STDERR + inherited);
      libc.calls.call("pthread_sigmask", SIG_SETMASK, mask.address, 0);
      libc.calls.check("execve", path.address, argv, envp);
    } finally {
      kept.forEach(NativeMemory::close);
    }
  }
}
