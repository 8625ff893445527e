package io.graceful.os;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Catches SIGUSR2 from outside and leaves HotSpot its own use of it.
 *
 * <p>HotSpot suspends threads with SIGUSR2 (JFR does so constantly), and its handler crashes on one
 * that comes from elsewhere. So our handler is a few machine instructions that look at {@code
 * si_code}: SI_TKILL, as HotSpot sends it, jumps to HotSpot's handler; everything else adds 1 to an
 * eventfd, the one thing here that is async-signal-safe (signal-safety(7)).
 */
public final class SignalTrap {

  /** glibc's struct sigaction: handler, sa_mask of 128 bytes, flags, restorer. */
  private static final int SIGACTION_BYTES = 152;

  private static final long SIG_DFL = 0;

  private final int signal;
  private final long code;
  private final int counter;

  private SignalTrap(int signal, long code, int counter) {
    this.signal = signal;
    this.code = code;
    this.counter = counter;
  }

  /**
   * Whether the application has its own handler for this signal, through sun.misc.Signal: HotSpot
   * has one function for all of these (os::user_handler), which SIGTERM always has too, unless the
   * JVM was told to leave signals alone.
   */
  public static boolean isTaken(Libc libc, int signal) throws IOException {
    long handler = handlerOf(libc, signal);
    return handler != SIG_DFL && handler == handlerOf(libc, Libc.SIGTERM);
  }

  private static long handlerOf(Libc libc, int signal) throws IOException {
    try (NativeMemory action = new NativeMemory(SIGACTION_BYTES)) {
      libc.calls.check("sigaction", signal, 0, action.address);
      return action.bytes.getLong(0);
    }
  }

  /** From here on the signals from outside are counted; there is no way back. */
  public static SignalTrap install(Libc libc, int signal) throws IOException {
    int counter = libc.eventCounter();
    try (NativeMemory action = new NativeMemory(SIGACTION_BYTES)) {
      libc.calls.check("sigaction", signal, 0, action.address);
      long original = action.bytes.getLong(0);
      long code = MachineCode.load(handler(libc.arch(), original, counter));
      action.bytes.putLong(0, code);
      // HotSpot's flags and mask stay, its handler expects them; without SA_SIGINFO there would be
      // no si_code.
      int flags = action.bytes.getInt(136) | 4 /* SA_SIGINFO */ | 0x10000000 /* SA_RESTART */;
      action.bytes.putInt(136, flags);
      libc.calls.check("sigaction", signal, action.address, 0);
      return new SignalTrap(signal, code, counter);
    } catch (IOException | RuntimeException failure) {
      libc.close(counter);
      throw failure;
    }
  }

  /** The eventfd that counts; stays open as long as the process lives. */
  public int counter() {
    return counter;
  }

  /** Whether nobody has put another handler in its place since. */
  public boolean isInPlace(Libc libc) throws IOException {
    return handlerOf(libc, signal) == code;
  }

  /**
   * void handler(int signal, siginfo_t *info, void *context); si_code is the int at offset 8 of
   * info.
   */
  static byte[] handler(Arch arch, long original, int counter) {
    return arch == Arch.X86_64 ? x86(original, counter) : aarch64(original, counter);
  }

  private static byte[] x86(long original, int counter) {
    ByteBuffer code = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
    put(code, 0xF3, 0x0F, 0x1E, 0xFA); // endbr64
    put(code, 0x83, 0x7E, 0x08, 0xFA); // cmp dword [rsi+8], -6 (SI_TKILL)
    if (original == 0 || original == 1) {
      put(code, 0x75, 0x01); // jne outside
      put(code, 0xC3); // ret: nobody was there before us
    } else {
      put(code, 0x75, 0x0C); // jne outside
      put(code, 0x48, 0xB8).putLong(original); // mov rax, original
      put(code, 0xFF, 0xE0); // jmp rax
    }
    put(code, 0xB8, 1, 0, 0, 0); // outside: mov eax, SYS_write
    put(code, 0xBF).putInt(counter); // mov edi, counter
    put(code, 0x48, 0x8D, 0x35, 8, 0, 0, 0); // lea rsi, [rip+8] (one)
    put(code, 0xBA, 8, 0, 0, 0); // mov edx, 8
    put(code, 0x0F, 0x05); // syscall: touches rax, rcx, r11 only, and not errno
    put(code, 0xC3); // ret
    code.putLong(1); // one
    return trimmed(code);
  }

  private static byte[] aarch64(long original, int counter) {
    ByteBuffer code = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
    code.putInt(0xD503245F); //  0 bti c
    code.putInt(0xB9400828); //  4 ldr w8, [x1, #8]
    code.putInt(0x3100191F); //  8 cmn w8, #6 (SI_TKILL is -6)
    code.putInt(0x54000081); // 12 b.ne outside (28)
    code.putInt(0x58000190); // 16 ldr x16, original (64)
    code.putInt(0xB4000130); // 20 cbz x16, return (56)
    code.putInt(0xD61F0200); // 24 br x16
    code.putInt(0x18000160); // 28 outside: ldr w0, counter (72)
    code.putInt(0x100001C1); // 32 adr x1, one (88)
    code.putInt(0xD2800102); // 36 mov x2, #8
    code.putInt(0xD2800808); // 40 mov x8, #64 (SYS_write)
    code.putInt(0xD4000001); // 44 svc #0: touches x0 only, and not errno
    code.putInt(0xD65F03C0); // 48 ret
    code.putInt(0xD503201F); // 52 nop
    code.putInt(0xD65F03C0); // 56 return: ret
    code.putInt(0xD503201F); // 60 nop
    code.putLong(original == 1 ? 0 : original); // 64 original
    code.putInt(counter); // 72 counter
    code.putInt(0).putLong(0); // 76
    code.putLong(1); // 88 one
    return trimmed(code);
  }

  private static ByteBuffer put(ByteBuffer code, int... bytes) {
    for (int b : bytes) {
      code.put((byte) b);
    }
    return code;
  }

  private static byte[] trimmed(ByteBuffer code) {
    byte[] bytes = new byte[code.position()];
    code.flip();
    code.get(bytes);
    return bytes;
  }
}
