package broken.netty.channel.epoll;

/** A version of the class that has changed under our feet: nothing is modified any more. */
public final class Native {

  private Native() {}

  public static int add(int epoll, int fd, int events) {
    return epollCtlAdd0(epoll, fd, events);
  }

  public static int remove(int epoll, int fd) {
    return epollCtlDel0(epoll, fd);
  }

  private static native int epollCtlAdd0(int epoll, int fd, int events);

  private static native int epollCtlDel0(int epoll, int fd);
}
