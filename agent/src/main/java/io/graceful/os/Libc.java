package io.graceful.os;

import java.io.File;
import java.io.IOException;

/**
 * The system calls that the JDK does not offer, on plain descriptor numbers. Nothing here owns a
 * descriptor: each method says what it returns, and the caller closes it.
 */
public final class Libc {

  public static final int AF_UNIX = 1;
  public static final int AF_INET = 2;
  public static final int AF_INET6 = 10;
  public static final int SOCK_STREAM = 1;
  static final int SOCK_DGRAM = 2;
  public static final int SOCK_SEQPACKET = 5;

  public static final int SIGQUIT = 3;
  public static final int SIGKILL = 9;
  public static final int SIGUSR2 = 12;
  public static final int SIGTERM = 15;

  static final int SOCK_CLOEXEC = 0x80000;
  static final int SOCK_NONBLOCK = 0x800;
  private static final int SHUT_RD = 0;
  private static final int SOL_SOCKET = 1;
  private static final int SO_TYPE = 3;
  private static final int SO_PEERCRED = 17;
  private static final int SO_ACCEPTCONN = 30;
  private static final int SO_DOMAIN = 39;
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_INFO = 11;
  private static final int IPPROTO_IPV6 = 41;
  private static final int IPV6_V6ONLY = 26;

  private static final int F_GETFD = 1;
  private static final int F_GETFL = 3;
  private static final int F_SETFL = 4;
  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int FD_CLOEXEC = 1;
  private static final int O_NONBLOCK = 0x800;
  private static final int O_CLOEXEC = 0x80000;
  private static final int EFD_CLOEXEC = 0x80000;
  private static final int SYS_PIDFD_SEND_SIGNAL = 424;
  private static final int SYS_PIDFD_OPEN = 434;
  private static final int PR_SET_CHILD_SUBREAPER = 36;

  /** Our own descriptors start here, out of the way of the low numbers that people look at. */
  private static final int FIRST_OF_OURS = 64;

  final NativeCalls calls;
  final Arch arch;

  private Libc(Arch arch, NativeCalls calls) {
    this.arch = arch;
    this.calls = calls;
  }

  /**
   * Loads the native library; about 40 ms, once.
   *
   * @param nearby a directory that may hold the native library if the temporary ones can't
   */
  public static Libc load(File nearby) throws IOException {
    Arch arch = Arch.current();
    NativeLibrary.load(arch, nearby);
    return new Libc(arch, new NativeCalls());
  }

  /** Whether {@link JavaBase#openToUs} must come before {@link #load}. */
  public static boolean needsOpenJavaBase() {
    return NativeLibrary.mustBeAllowed();
  }

  /**
   * Gives memory that was freed back to the kernel, as malloc_trim(3) does; nothing where the C
   * library has no such function.
   */
  public void trimHeap() {
    if (calls.has("malloc_trim")) {
      calls.call("malloc_trim", 0);
    }
  }

  public Arch arch() {
    return arch;
  }

  /** A close-on-exec duplicate with a high number; the caller closes it. */
  public int duplicate(int fd) throws ErrnoException {
    return calls.check("fcntl", fd, F_DUPFD_CLOEXEC, FIRST_OF_OURS);
  }

  /**
   * Makes {@code target} refer to what {@code source} refers to; keeps target's close-on-exec flag.
   */
  public void replace(int target, int source) throws ErrnoException {
    int cloexec = (calls.check("fcntl", target, F_GETFD, 0) & FD_CLOEXEC) != 0 ? O_CLOEXEC : 0;
    while (true) {
      int result = (int) calls.call("dup3", source, target, cloexec);
      if (result >= 0) {
        return;
      }
      int errno = calls.errno();
      if (errno != ErrnoException.EINTR
          && errno != 16 /* EBUSY: open(2) of the same number under way */) {
        throw new ErrnoException("dup3", errno);
      }
    }
  }

  /** Errors are of no use here: the number is free afterwards whatever close(2) says. */
  public void close(int fd) {
    calls.call("close", fd);
  }

  public boolean isNonBlocking(int fd) throws ErrnoException {
    return (calls.check("fcntl", fd, F_GETFL, 0) & O_NONBLOCK) != 0;
  }

  /**
   * O_NONBLOCK belongs to the open file description, which another process may share: so it is only
   * ever set.
   */
  public void setNonBlocking(int fd) throws ErrnoException {
    int flags = calls.check("fcntl", fd, F_GETFL, 0);
    if ((flags & O_NONBLOCK) == 0) {
      calls.check("fcntl", fd, F_SETFL, flags | O_NONBLOCK);
    }
  }

  /** For descriptions that no other process uses any more: see {@link #setNonBlocking}. */
  public void setNonBlocking(int fd, boolean nonBlocking) throws ErrnoException {
    int flags = calls.check("fcntl", fd, F_GETFL, 0);
    calls.check("fcntl", fd, F_SETFL, nonBlocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
  }

  /**
   * A connected pair of packet sockets: they keep message boundaries and tell EOF. The caller
   * closes both.
   */
  public int[] packetPair() throws ErrnoException {
    try (NativeMemory pair = new NativeMemory(8)) {
      calls.check("socketpair", AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.address);
      return new int[] {pair.bytes.getInt(0), pair.bytes.getInt(4)};
    }
  }

  /**
   * A connected pair of stream sockets, which behave much like the two ends of a TCP connection.
   * The caller closes both.
   */
  public int[] streamPair() throws ErrnoException {
    try (NativeMemory pair = new NativeMemory(8)) {
      calls.check("socketpair", AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.address);
      int low = pair.bytes.getInt(0);
      int other = pair.bytes.getInt(4);
      try {
        int one = duplicate(low);
        try {
          return new int[] {one, duplicate(other)};
        } catch (ErrnoException full) {
          close(one);
          throw full;
        }
      } finally {
        close(low);
        close(other);
      }
    }
  }

  /**
   * Gives a UNIX socket a name in the abstract namespace, which is gone with the socket (unix(7)).
   */
  public void bindAbstract(int fd, String name) throws ErrnoException {
    byte[] text = name.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    try (NativeMemory address = new NativeMemory(3 + text.length)) {
      address.bytes.putShort((short) AF_UNIX).put((byte) 0).put(text);
      calls.check("bind", fd, address.address, 3 + text.length);
    }
  }

  /**
   * A listening socket that no client can ever find: UNIX, abstract, name chosen by the kernel. The
   * caller closes it.
   */
  public int silentListener() throws ErrnoException {
    int fd = calls.check("socket", AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    try (NativeMemory family = new NativeMemory(2)) {
      family.bytes.putShort(0, (short) AF_UNIX);
      calls.check("bind", fd, family.address, 2);
      calls.check("listen", fd, 1);
      return fd;
    } catch (ErrnoException failure) {
      close(fd);
      throw failure;
    }
  }

  /**
   * Makes a thread return from accept on a {@link #silentListener}, with a connection that has
   * ended already.
   */
  public void knock(int silentListener) throws ErrnoException {
    byte[] name = localAddress(silentListener);
    int fd = calls.check("socket", AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    try (NativeMemory address = NativeMemory.of(name)) {
      calls.check("connect", fd, address.address, name.length);
    } finally {
      close(fd);
    }
  }

  /**
   * Makes a TCP listener refuse clients; it keeps its port, and {@link #listen} makes it listen
   * again. Those that wait to be accepted are reset (inet_shutdown, net/ipv4/af_inet.c).
   */
  public void stopListening(int listener) throws ErrnoException {
    calls.check("shutdown", listener, SHUT_RD);
  }

  /**
   * @throws ErrnoException EADDRINUSE if another socket listens at the port by now
   */
  public void listen(int fd, int backlog) throws ErrnoException {
    calls.check("listen", fd, backlog);
  }

  public boolean isListening(int fd) throws ErrnoException {
    return intOption(fd, SOL_SOCKET, SO_ACCEPTCONN) != 0;
  }

  /** SOCK_STREAM and so on. */
  public int socketType(int fd) throws ErrnoException {
    return intOption(fd, SOL_SOCKET, SO_TYPE);
  }

  /** AF_INET and so on. */
  public int socketDomain(int fd) throws ErrnoException {
    return intOption(fd, SOL_SOCKET, SO_DOMAIN);
  }

  public boolean isV6Only(int fd) throws ErrnoException {
    return intOption(fd, IPPROTO_IPV6, IPV6_V6ONLY) != 0;
  }

  /** The process that made the other end of a UNIX socket: pid, uid. */
  public int[] peerCredentials(int fd) throws ErrnoException {
    byte[] credentials = option(fd, SOL_SOCKET, SO_PEERCRED, 12);
    java.nio.ByteBuffer words =
        java.nio.ByteBuffer.wrap(credentials).order(java.nio.ByteOrder.nativeOrder());
    return new int[] {words.getInt(0), words.getInt(4)};
  }

  /** {@code struct tcp_info} of linux/tcp.h, as long as this kernel makes it. */
  public byte[] tcpInfo(int fd) throws ErrnoException {
    return option(fd, IPPROTO_TCP, TCP_INFO, 256);
  }

  /** {@code struct sockaddr} of the local end, as long as the kernel says. */
  public byte[] localAddress(int fd) throws ErrnoException {
    try (NativeMemory address = new NativeMemory(128);
        NativeMemory length = new NativeMemory(4)) {
      length.bytes.putInt(0, 128);
      calls.check("getsockname", fd, address.address, length.address);
      return address.toArray(Math.min(128, length.bytes.getInt(0)));
    }
  }

  /** Bytes in the receive queue (unix and tcp) that the app has not read: SIOCINQ of tcp(7). */
  public int unread(int fd) throws ErrnoException {
    return queueLength(fd, 0x541B);
  }

  /**
   * Bytes in the send queue that have not gone out yet (SIOCOUTQNSD, linux/sockios.h). Those that
   * are merely not acknowledged don't count: a client may delay that until its next request, and
   * the kernel delivers them anyway.
   */
  public int unsent(int fd) throws ErrnoException {
    return queueLength(fd, 0x894B);
  }

  private int queueLength(int fd, int request) throws ErrnoException {
    try (NativeMemory length = new NativeMemory(4)) {
      calls.check("ioctl", fd, request, length.address);
      return length.bytes.getInt(0);
    }
  }

  private int intOption(int fd, int level, int name) throws ErrnoException {
    byte[] value = option(fd, level, name, 4);
    return java.nio.ByteBuffer.wrap(value).order(java.nio.ByteOrder.nativeOrder()).getInt();
  }

  private byte[] option(int fd, int level, int name, int size) throws ErrnoException {
    try (NativeMemory value = new NativeMemory(size);
        NativeMemory length = new NativeMemory(4)) {
      length.bytes.putInt(0, size);
      calls.check("getsockopt", fd, level, name, value.address, length.address);
      return value.toArray(length.bytes.getInt(0));
    }
  }

  /** A counter that wakes a poll (eventfd(2)); non-blocking. The caller closes it. */
  public int eventCounter() throws ErrnoException {
    int low = calls.check("eventfd", 0, EFD_CLOEXEC | O_NONBLOCK);
    try {
      return duplicate(low);
    } finally {
      close(low);
    }
  }

  public void add(int eventCounter) throws ErrnoException {
    try (NativeMemory one = new NativeMemory(8)) {
      one.bytes.putLong(0, 1);
      calls.check("write", eventCounter, one.address, 8);
    }
  }

  /** The count since the last call; 0 if there was none. */
  public long take(int eventCounter) {
    try (NativeMemory count = new NativeMemory(8)) {
      return calls.call("read", eventCounter, count.address, 8) == 8 ? count.bytes.getLong(0) : 0;
    }
  }

  /**
   * A descriptor that becomes readable when the process ends (Linux 5.3), or -1. The caller closes
   * it.
   */
  public int openPid(int pid) {
    return (int) calls.call("syscall", SYS_PIDFD_OPEN, pid, 0);
  }

  /**
   * Signals the process of {@link #openPid}, and never another one that has its pid by now.
   *
   * @throws ErrnoException ESRCH if it has ended, EPERM if we may not
   */
  public void signal(int processHandle, int signal) throws ErrnoException {
    calls.check("syscall", SYS_PIDFD_SEND_SIGNAL, processHandle, signal, 0, 0);
  }

  /**
   * Reaps a child of ours if it has ended.
   *
   * @return its wait status (wait(2)), or null if it still runs
   * @throws ErrnoException ECHILD if it isn't our child or somebody else reaped it
   */
  public Integer reap(int pid) throws ErrnoException {
    try (NativeMemory status = new NativeMemory(4)) {
      int reaped = calls.check("waitpid", pid, status.address, 1 /* WNOHANG */);
      return reaped == 0 ? null : status.bytes.getInt(0);
    }
  }

  /**
   * Reaps any child of ours that has ended.
   *
   * @return its pid and its wait status, or null if there is none
   */
  public int[] reapAny() {
    try (NativeMemory status = new NativeMemory(4)) {
      int reaped = (int) calls.call("waitpid", -1, status.address, 1 /* WNOHANG */);
      return reaped <= 0 ? null : new int[] {reaped, status.bytes.getInt(0)};
    }
  }

  /** From now on, orphans among this process's descendants become its children (prctl(2)). */
  public void becomeSubreaper() throws ErrnoException {
    calls.check("prctl", PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  }

  public void kill(int pid, int signal) throws ErrnoException {
    calls.check("kill", pid, signal);
  }

  /** Signals one thread of our own process. A thread that is gone meanwhile is no error. */
  public void signalThread(int pid, int tid, int signal) {
    int tgkill = arch == Arch.X86_64 ? 234 : 131;
    calls.call("syscall", tgkill, pid, tid, signal);
  }

  public int effectiveUser() {
    return (int) calls.call("geteuid");
  }
}
