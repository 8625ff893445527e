package io.graceful.sockets;

/** A connection of this process whose local end belongs to a listener. */
public final class OpenConnection {

  private final int fd;
  private final long inode;
  private final ListenerKey listener;

  OpenConnection(int fd, long inode, ListenerKey listener) {
    this.fd = fd;
    this.inode = inode;
    this.listener = listener;
  }

  /** Owned by the app. */
  public int fd() {
    return fd;
  }

  /** Tells whether the number still is this connection. */
  public long inode() {
    return inode;
  }

  public ListenerKey listener() {
    return listener;
  }
}
