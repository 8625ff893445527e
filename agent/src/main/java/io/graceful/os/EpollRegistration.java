package io.graceful.os;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;
import java.util.function.IntPredicate;

/**
 * One descriptor's entry in one epoll instance. The kernel ties it to the open file description, so
 * it is lost or, worse, goes on firing when dup2 puts another one at the same number: it has to be
 * moved by hand (epoll(7), Q6).
 */
public final class EpollRegistration {

  private static final String EPOLL = "anon_inode:[eventpoll]";
  private static final int EPOLL_CTL_ADD = 1;
  private static final int EPOLL_CTL_DEL = 2;
  private static final int EPOLLIN = 1;

  private static final String ENTRY = "tfd:";

  /** In a line of fdinfo, up to the inode. */
  private static final int WORDS = 10;

  /** Before Linux 4.13, which does not tell the inode. */
  private static final long UNKNOWN = -1;

  private final int epoll;
  private final int fd;
  private final int events;
  private final long data;
  private final long inode;

  private EpollRegistration(int epoll, int fd, int events, long data, long inode) {
    this.epoll = epoll;
    this.fd = fd;
    this.events = events;
    this.data = data;
    this.inode = inode;
  }

  /**
   * The entries that this process's epoll instances have for the descriptor (fdinfo's {@code tfd:}
   * lines, proc(5)).
   */
  public static List<EpollRegistration> of(int fd) throws IOException {
    return of(fd, instances());
  }

  /** As {@link #of(int)}, for a caller that knows the instances. */
  public static List<EpollRegistration> of(int fd, List<Integer> instances) throws IOException {
    List<EpollRegistration> entries = new ArrayList<>();
    for (EpollRegistration entry : in(instances, candidate -> candidate == fd)) {
      if (entry.isCurrent()) {
        entries.add(entry);
      }
    }
    return entries;
  }

  /** The numbers of this process's epoll instances. */
  public static List<Integer> instances() throws IOException {
    List<Integer> instances = new ArrayList<>();
    for (int candidate : ProcFs.openDescriptors()) {
      if (EPOLL.equals(ProcFs.target(candidate))) {
        instances.add(candidate);
      }
    }
    return instances;
  }

  /** As {@link #instances()}, at the price of one system call per descriptor. */
  public static List<Integer> instances(SocketScan sockets) throws IOException {
    List<Integer> instances = new ArrayList<>();
    for (int candidate : ProcFs.openDescriptors()) {
      if (sockets.isAnonymous(candidate) && EPOLL.equals(ProcFs.target(candidate))) {
        instances.add(candidate);
      }
    }
    return instances;
  }

  /**
   * The entries of these epoll instances for some descriptors. Where there are thousands of
   * entries, those for others cost little.
   */
  public static List<EpollRegistration> in(List<Integer> instances, IntPredicate isWanted)
      throws IOException {
    List<EpollRegistration> entries = new ArrayList<>();
    for (int epoll : instances) {
      for (String line : ProcFs.descriptorInfo(epoll)) {
        if (line.startsWith(ENTRY) && isWanted.test(descriptor(line))) {
          entries.add(parse(epoll, line));
        }
      }
    }
    return entries;
  }

  /** The number that follows {@code tfd:}, after some blanks. */
  private static int descriptor(String line) {
    int begin = ENTRY.length();
    while (line.charAt(begin) == ' ') {
      begin++;
    }
    return Integer.parseInt(line.substring(begin, line.indexOf(' ', begin)));
  }

  /** {@code tfd: 7 events: 19 data: 7 pos:0 ino:1f2 sdev:9}, numbers but tfd in hex. */
  static EpollRegistration parse(int epoll, String line) {
    StringTokenizer tokens = new StringTokenizer(line, " :"); // Far cheaper than a pattern.
    String[] words = new String[WORDS];
    int count = 0;
    while (count < WORDS && tokens.hasMoreTokens()) {
      words[count++] = tokens.nextToken();
    }
    return new EpollRegistration(
        epoll,
        Integer.parseInt(words[1]),
        (int) Long.parseUnsignedLong(words[3], 16),
        Long.parseUnsignedLong(words[5], 16),
        count == WORDS ? Long.parseUnsignedLong(words[WORDS - 1], 16) : UNKNOWN);
  }

  public int fd() {
    return fd;
  }

  /**
   * Whether the number still is the socket that was registered: an entry outlives its descriptor
   * while a duplicate of it is open somewhere, and tells nothing of what has the number now.
   */
  private boolean isCurrent() {
    long now = ProcFs.socketInode(fd);
    return inode == UNKNOWN || now < 0 || inode == now; // What is no socket can't be told apart.
  }

  /** As for {@link #of(int)}, if the caller knows the inode of the socket that has the number. */
  public boolean isFor(long socket) {
    return inode == UNKNOWN || inode == socket;
  }

  /** Whether the app is told of input now: a one-shot entry that has fired isn't. */
  public boolean waitsForInput() {
    return (events & EPOLLIN) != 0;
  }

  /** Before the number is given to another description. The app may have removed it meanwhile. */
  public void remove(Libc libc) throws ErrnoException {
    control(libc, EPOLL_CTL_DEL, ErrnoException.ENOENT);
  }

  /**
   * After the number was given to another description: the same events and data as before. If the
   * app has made an entry of its own meanwhile, that is the newer one.
   */
  public void restore(Libc libc) throws ErrnoException {
    control(libc, EPOLL_CTL_ADD, ErrnoException.EEXIST);
  }

  private void control(Libc libc, int operation, int done) throws ErrnoException {
    try (NativeMemory event = new NativeMemory(16)) {
      // struct epoll_event is packed on x86-64 only (sys/epoll.h).
      event.bytes.putInt(0, events).putLong(libc.arch() == Arch.X86_64 ? 4 : 8, data);
      int result = (int) libc.calls.call("epoll_ctl", epoll, operation, fd, event.address);
      int errno = result < 0 ? libc.calls.errno() : 0;
      if (errno != 0 && errno != done) {
        throw new ErrnoException("epoll_ctl", errno);
      }
    }
  }
}
