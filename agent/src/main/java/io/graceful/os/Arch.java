package io.graceful.os;

/** The machine: its CPU decides on system call numbers and on the code of the signal trap. */
public enum Arch {
  X86_64("x86_64-Linux", 43, 288, 7, 271),
  AARCH64("aarch64-Linux", 202, 242, -1, 73);

  /** Folder of jffi's library in its jar. */
  final String nativeFolder;

  // Numbers as in arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
  final int accept;
  final int accept4;
  final int poll;
  final int ppoll;

  Arch(String nativeFolder, int accept, int accept4, int poll, int ppoll) {
    this.nativeFolder = nativeFolder;
    this.accept = accept;
    this.accept4 = accept4;
    this.poll = poll;
    this.ppoll = ppoll;
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
