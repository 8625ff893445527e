package io.graceful.os;

/** The machine: its CPU decides on system call numbers and on the code of the signal trap. */
public enum Arch {
  X86_64("x86_64-Linux", 43, 288, 7, 271, 5, 0, 1, 19, 20, 40, 44, 45, 46, 47),
  AARCH64("aarch64-Linux", 202, 242, -1, 73, 80, 63, 64, 65, 66, 71, 206, 207, 211, 212);

  /** Folder of jffi's library in its jar. */
  final String nativeFolder;

  // Numbers as in arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
  final int accept;
  final int accept4;
  final int poll;
  final int ppoll;
  final int fstat;
  private final int[] transfers;

  /**
   * @param transfers read, write, readv, writev, sendfile, sendto, recvfrom, sendmsg, recvmsg
   */
  Arch(
      String nativeFolder,
      int accept,
      int accept4,
      int poll,
      int ppoll,
      int fstat,
      int... transfers) {
    this.nativeFolder = nativeFolder;
    this.accept = accept;
    this.accept4 = accept4;
    this.poll = poll;
    this.ppoll = ppoll;
    this.fstat = fstat;
    this.transfers = transfers;
  }

  /** Whether a system call number is one that moves data over the socket that it names first. */
  public boolean isTransfer(int call) {
    for (int transfer : transfers) {
      if (call == transfer) {
        return true;
      }
    }
    return false;
  }

  /** Whether a system call number is accept or accept4. */
  public boolean isAccept(int call) {
    return call == accept || call == accept4;
  }

  /** Whether a system call number is poll or ppoll. */
  public boolean isPoll(int call) {
    return call == poll || call == ppoll;
  }

  /**
   * The one we run on.
   *
   * @throws UnsupportedOperationException if it is none that we know, or not Linux
   */
  public static Arch current() {
    String os = System.getProperty("os.name");
    if (!"Linux".equals(os)) {
      throw new UnsupportedOperationException("runs on Linux only, this is " + os);
    }
    String cpu = System.getProperty("os.arch");
    switch (cpu) {
      case "amd64":
      case "x86_64":
        return X86_64;
      case "aarch64":
        return AARCH64;
      default:
        throw new UnsupportedOperationException("runs on x86-64 and aarch64 only, this is " + cpu);
    }
  }
}
