package io.graceful.os;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Calls a C function in a process of its own, which ends as soon as the function has returned. A
 * process that the function starts is an orphan from its beginning, and so becomes a child of
 * whoever adopts orphans here: the first process, or a subreaper in between (prctl(2)), as systemd
 * is.
 *
 * <p>The process in between has our memory and a stack of its own, while this thread waits for it
 * (CLONE_VM and CLONE_VFORK, clone(2)): what posix_spawn(3) itself does too.
 */
final class OrphanCall {

  private static final int CLONE_VM = 0x100;
  private static final int CLONE_VFORK = 0x4000;
  private static final int SIGCHLD = 17;
  private static final int SIG_BLOCK = 0;
  private static final int SIG_SETMASK = 2;
  private static final int SIGSET_BYTES = 128;

  /** posix_spawn needs little of it: it has another stack for its child. */
  private static final int STACK_BYTES = 128 * 1024;

  /** The function, six arguments, and what it returned. */
  private static final int CALL_BYTES = 64;

  private static final int RESULT = 56;

  /**
   * ILL, TRAP, BUS, FPE, SEGV: HotSpot makes use of them in threads that run Java. A handler of any
   * other must not run in the process in between.
   */
  private static final long ALL_BUT_FAULTS = ~(1L << 3 | 1L << 4 | 1L << 6 | 1L << 7 | 1L << 10);

  private static long loaded;

  private OrphanCall() {}

  /**
   * @param arguments six
   * @return the C int that it returned; EAGAIN if the process in between was killed before
   * @throws ErrnoException if there can't be such a process
   */
  static int call(Libc libc, String function, long... arguments) throws ErrnoException {
    NativeCalls calls = libc.calls;
    try (NativeMemory call = new NativeMemory(CALL_BYTES);
        NativeMemory stack = new NativeMemory(STACK_BYTES);
        NativeMemory blocked = new NativeMemory(SIGSET_BYTES);
        NativeMemory before = new NativeMemory(SIGSET_BYTES)) {
      call.bytes.putLong(0, calls.address(function));
      for (int i = 0; i < arguments.length; i++) {
        call.bytes.putLong(8 * (i + 1), arguments[i]);
      }
      call.bytes.putLong(RESULT, ErrnoException.EAGAIN);
      blocked.bytes.putLong(0, ALL_BUT_FAULTS);
      long top = stack.address + STACK_BYTES & -16;
      long caller = caller(libc.arch());
      calls.call("pthread_sigmask", SIG_BLOCK, blocked.address, before.address);
      try {
        int between =
            calls.check("clone", caller, top, CLONE_VM | CLONE_VFORK | SIGCHLD, call.address);
        reap(calls, between);
      } finally {
        calls.call("pthread_sigmask", SIG_SETMASK, before.address, 0);
      }
      return call.bytes.getInt(RESULT);
    }
  }

  private static void reap(NativeCalls calls, int between) {
    long reaped;
    do {
      reaped = (int) calls.call("waitpid", between, 0, 0);
    } while (reaped < 0 && calls.errno() == ErrnoException.EINTR);
  }

  private static synchronized long caller(Arch arch) throws ErrnoException {
    if (loaded == 0) {
      loaded = MachineCode.load(code(arch));
    }
    return loaded;
  }

  /** int caller(void *call): what clone(3) runs in the new process, which ends when it returns. */
  static byte[] code(Arch arch) {
    return arch == Arch.X86_64 ? x86() : aarch64();
  }

  private static byte[] x86() {
    int[] bytes = {
      0xF3,
      0x0F,
      0x1E,
      0xFA, // endbr64
      0x53, // push rbx
      0x48,
      0x89,
      0xFB, // mov rbx, rdi
      0x48,
      0x8B,
      0x7B,
      0x08, // mov rdi, [rbx+8]
      0x48,
      0x8B,
      0x73,
      0x10, // mov rsi, [rbx+16]
      0x48,
      0x8B,
      0x53,
      0x18, // mov rdx, [rbx+24]
      0x48,
      0x8B,
      0x4B,
      0x20, // mov rcx, [rbx+32]
      0x4C,
      0x8B,
      0x43,
      0x28, // mov r8, [rbx+40]
      0x4C,
      0x8B,
      0x4B,
      0x30, // mov r9, [rbx+48]
      0xFF,
      0x13, // call [rbx]
      0x48,
      0x89,
      0x43,
      0x38, // mov [rbx+56], rax
      0x31,
      0xC0, // xor eax, eax
      0x5B, // pop rbx
      0xC3 // ret
    };
    byte[] code = new byte[bytes.length];
    for (int i = 0; i < code.length; i++) {
      code[i] = (byte) bytes[i];
    }
    return code;
  }

  private static byte[] aarch64() {
    int[] words = {
      0xD503245F, // bti c
      0xA9BE7BFD, // stp x29, x30, [sp, #-32]!
      0xF9000BF3, // str x19, [sp, #16]
      0xAA0003F3, // mov x19, x0
      0xF9400269, // ldr x9, [x19]
      0xF9400660, // ldr x0, [x19, #8]
      0xF9400A61, // ldr x1, [x19, #16]
      0xF9400E62, // ldr x2, [x19, #24]
      0xF9401263, // ldr x3, [x19, #32]
      0xF9401664, // ldr x4, [x19, #40]
      0xF9401A65, // ldr x5, [x19, #48]
      0xD63F0120, // blr x9
      0xF9001E60, // str x0, [x19, #56]
      0x52800000, // mov w0, #0
      0xF9400BF3, // ldr x19, [sp, #16]
      0xA8C27BFD, // ldp x29, x30, [sp], #32
      0xD65F03C0 // ret
    };
    ByteBuffer code = ByteBuffer.allocate(4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int word : words) {
      code.putInt(word);
    }
    return code.array();
  }
}
