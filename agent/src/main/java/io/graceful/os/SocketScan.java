package io.graceful.os;

import java.io.IOException;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Looks through all descriptors for sockets, one system call each: for a process with thousands of
 * connections. Not thread-safe.
 */
public final class SocketScan implements AutoCloseable {

  private static final int ADDRESS_SIZE = 128;
  private static final int STAT_SIZE = 256;
  private static final int STAT_INODE = 8;

  // Of st_mode (asm/stat.h).
  private static final int STAT_MODE_X86_64 = 24;
  private static final int STAT_MODE_AARCH64 = 16;

  /** S_IFMT, inode(7). */
  private static final int FILE_TYPE = 0xF000;

  private final Libc libc;
  private final NativeFunction getsockname;
  private final NativeMemory address = new NativeMemory(ADDRESS_SIZE);
  private final NativeMemory length = new NativeMemory(4);
  private final NativeMemory stat = new NativeMemory(STAT_SIZE);
  private int descriptors;

  public SocketScan(Libc libc) {
    this.libc = libc;
    this.getsockname = libc.calls.function("getsockname", 3);
  }

  /**
   * @param onSocket called with each socket's number; {@link #family}, {@link #port} and {@link
   *     #inode} tell more of it during the call
   */
  public void forEach(IntConsumer onSocket) throws IOException {
    List<Integer> open = ProcFs.openDescriptors();
    descriptors = open.size();
    for (int fd : open) {
      if (isSocket(fd)) {
        onSocket.accept(fd);
      }
    }
  }

  /** How many descriptors {@link #forEach} came across, sockets and others. */
  public int descriptors() {
    return descriptors;
  }

  /** If so, {@link #family} and {@link #port} tell more of it. */
  public boolean isSocket(int fd) {
    length.bytes.putInt(0, ADDRESS_SIZE);
    return getsockname.call(fd, address.address, length.address) == 0;
  }

  /** AF_INET and so on. */
  public int family() {
    return address.bytes.getShort(0);
  }

  /** The local one, of an IPv4 or IPv6 socket. */
  public int port() {
    return (address.bytes.get(2) & 0xFF) << 8 | address.bytes.get(3) & 0xFF;
  }

  /** Tells one socket from another at the same number; -1 if it is closed. */
  public long inode(int fd) {
    // st_ino stands at the same place on both machines (asm/stat.h).
    return stat(fd) ? stat.bytes.getLong(STAT_INODE) : -1;
  }

  /** Whether it is of no type of file: an epoll instance, an event counter and the like. */
  boolean isAnonymous(int fd) {
    int mode = libc.arch == Arch.X86_64 ? STAT_MODE_X86_64 : STAT_MODE_AARCH64;
    return stat(fd) && (stat.bytes.getInt(mode) & FILE_TYPE) == 0;
  }

  private boolean stat(int fd) {
    // Not the function of that name, which glibc has as such from 2.33 on only.
    return (int) libc.calls.call("syscall", libc.arch.fstat, fd, stat.address) >= 0;
  }

  @Override
  public void close() {
    address.close();
    length.close();
    stat.close();
  }
}
