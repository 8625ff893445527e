package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Server;
import io.graceful.it.jvm.Await;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * What systemd is to its service: it hears it at NOTIFY_SOCKET, the kernel tells it which process
 * has spoken (SO_PASSCRED, unix(7)), and only the main one may (NotifyAccess=main). Struct layouts
 * are those of 64-bit Linux.
 */
final class Systemd implements AutoCloseable {
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_PASSCRED = 16;
  private static final int SCM_RIGHTS = 1;
  private static final int SCM_CREDENTIALS = 2;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;
  private static final int MOST_BYTES = 8192;
  private static final int CONTROL_BYTES = 128;

  private static final Raw RAW = LibraryLoader.create(Raw.class).load("c");

  /** A message of a process. */
  record Message(long sender, String text) {

    boolean says(String line) {
      return text.lines().anyMatch(line::equals);
    }

    private Optional<String> value(String key) {
      return text.lines()
          .filter(line -> line.startsWith(key + "="))
          .map(line -> line.substring(key.length() + 1))
          .findFirst();
    }
  }

  private final String name;
  private final int socket;
  private final List<Message> heard = new ArrayList<>();
  private final List<Message> refused = new ArrayList<>();
  private final Map<String, Integer> store = new TreeMap<>();
  private long main;

  private Systemd(String name) {
    this.name = name;
    this.socket = RAW.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    byte[] text = name.getBytes(StandardCharsets.US_ASCII);
    Pointer address = zeroed(2 + text.length);
    address.putShort(0, (short) AF_UNIX);
    address.put(2, text, 0, text.length);
    if (name.startsWith("@")) {
      address.putByte(2, (byte) 0);
    }
    Pointer on = zeroed(4);
    on.putInt(0, 1);
    if (RAW.bind(socket, address, 2 + text.length) != 0
        || RAW.setsockopt(socket, SOL_SOCKET, SO_PASSCRED, on, 4) != 0) {
      RAW.close(socket);
      throw new IllegalStateException("can't hear at " + name);
    }
  }

  /** At a path; UNIX sockets have short ones only. */
  static Systemd at(Path path) {
    return new Systemd(path.toString());
  }

  static Systemd atAbstractName(String name) {
    return new Systemd("@" + name);
  }

  /** The value of NOTIFY_SOCKET. */
  String notifySocket() {
    return name;
  }

  /** What it keeps: a descriptor of this process by its name. */
  Map<String, Integer> store() {
    hear();
    return store;
  }

  /** The process that was started for the service. */
  void expects(Server server) {
    main = server.family().first().pid();
  }

  /** Of the service by now. */
  long main() {
    hear();
    return main;
  }

  /** All that it was told by the process that was the main one at that time. */
  List<Message> heard() {
    hear();
    return heard;
  }

  /** What others said. */
  List<Message> refused() {
    hear();
    return refused;
  }

  /** What was heard, without signs of life, as lines of {@code PID: A=1 B=2}. */
  List<String> told() {
    return heard().stream()
        .filter(message -> !message.says("WATCHDOG=1"))
        .map(
            message ->
                message.sender()
                    + ": "
                    + message
                        .text()
                        .replaceAll("MONOTONIC_USEC=\\d+", "MONOTONIC_USEC=N")
                        .replace('\n', ' '))
        .toList();
  }

  /** Waits for as many messages, and compares each; none may have come from anybody else. */
  void assertTold(String... lines) {
    try {
      Await.until("the messages", Server.LIMIT, () -> told().size() >= lines.length);
    } finally {
      assertThat(told()).containsExactly(lines);
      assertThat(refused).as("not from the main process").isEmpty();
    }
  }

  /** Takes all that has come. */
  private void hear() {
    Pointer data = zeroed(MOST_BYTES);
    Pointer control = zeroed(CONTROL_BYTES);
    Pointer vector = zeroed(16);
    Pointer header = zeroed(56);
    while (true) {
      vector.putAddress(0, data.address());
      vector.putLong(8, MOST_BYTES);
      header.putAddress(16, vector.address());
      header.putLong(24, 1);
      header.putAddress(32, control.address());
      header.putLong(40, CONTROL_BYTES);
      long length = RAW.recvmsg(socket, header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
      if (length < 0) {
        return;
      }
      byte[] text = new byte[(int) length];
      data.get(0, text, 0, text.length);
      long sender = 0;
      int descriptor = -1;
      long end = header.getLong(40);
      // Each struct cmsghdr: its length, level and type, then the data, padded to 8 bytes.
      for (long at = 0; at + 16 <= end; at += control.getLong(at) + 7 & -8) {
        if (control.getInt(at + 12) == SCM_CREDENTIALS) {
          sender = control.getInt(at + 16);
        } else if (control.getInt(at + 12) == SCM_RIGHTS) {
          descriptor = control.getInt(at + 16);
        }
      }
      take(new Message(sender, new String(text, StandardCharsets.UTF_8)), descriptor);
    }
  }

  private void take(Message message, int descriptor) {
    if (message.sender() != main) {
      refused.add(message);
      return;
    }
    heard.add(message);
    String name = message.value("FDNAME").orElse("stored");
    if (message.says("FDSTORE=1")) {
      assertThat(descriptor).as("what comes with %s", message).isNotNegative();
      Integer former = store.put(name, descriptor);
      if (former != null) {
        RAW.close(former); // systemd compares the two, and keeps one.
      }
    } else if (message.says("FDSTOREREMOVE=1")) {
      RAW.close(store.remove(name));
    }
    message.value("MAINPID").ifPresent(pid -> main = Long.parseLong(pid));
  }

  private static Pointer zeroed(int bytes) {
    return Memory.allocateDirect(Runtime.getRuntime(RAW), bytes, true);
  }

  @Override
  public void close() {
    RAW.close(socket);
    store.values().forEach(RAW::close);
    store.clear();
  }

  /** Public, because jnr-ffi implements it from another class loader. */
  public interface Raw {
    int socket(int domain, int type, int protocol);

    int bind(int socket, Pointer address, int length);

    int setsockopt(int socket, int level, int name, Pointer value, int length);

    long recvmsg(int socket, Pointer header, int flags);

    int close(int descriptor);
  }
}
