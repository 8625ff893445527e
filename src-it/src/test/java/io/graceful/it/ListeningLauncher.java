package io.graceful.it;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;

/**
 * Does what systemd does for a service that has a socket unit: listens, and then becomes the
 * service, with the sockets at 3 and above (sd_listen_fds(3)).
 *
 * <p>Arguments: where to listen, {@code --}, the command. {@code 127.0.0.1:port} is at the port
 * that the command has behind {@code port=}; {@code unix:path} likewise. {@code kept:PID/FD/NAME}
 * is what that process keeps under that name.
 */
public final class ListeningLauncher {
  private static final int AF_UNIX = 1;
  private static final int AF_INET = 2;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_REUSEADDR = 2;
  private static final int FIRST = 3;
  private static final int SYS_PIDFD_OPEN = 434;
  private static final int SYS_PIDFD_GETFD = 438;
  private static final int BACKLOG = 128;

  private static final Raw RAW = LibraryLoader.create(Raw.class).load("c");
  private static final Runtime RUNTIME = Runtime.getRuntime(RAW);
  private static final POSIX POSIX = POSIXFactory.getPOSIX();

  private ListeningLauncher() {}

  public static void main(String[] arguments) throws Exception {
    List<String> all = Arrays.asList(arguments);
    List<String> command = all.subList(all.indexOf("--") + 1, all.size());
    List<Integer> sockets = new ArrayList<>();
    StringJoiner names = new StringJoiner(":");
    for (String where : all.subList(0, all.indexOf("--"))) {
      if (where.startsWith("kept:")) {
        String[] kept = where.substring("kept:".length()).split("/", 3);
        sockets.add(take(Integer.parseInt(kept[0]), Integer.parseInt(kept[1])));
        names.add(kept[2]);
      } else {
        sockets.add(listen(where, command));
        names.add("some.socket");
      }
    }
    List<String> environment = new ArrayList<>();
    for (Map.Entry<String, String> variable : System.getenv().entrySet()) {
      environment.add(variable.getKey() + "=" + variable.getValue());
    }
    environment.add("LISTEN_PID=" + ProcessHandle.current().pid());
    environment.add("LISTEN_FDS=" + sockets.size());
    environment.add("LISTEN_FDNAMES=" + names);
    become("/nonexistent", command, environment); // Loads all classes: their jars are at 3 or so.
    for (int i = 0; i < sockets.size(); i++) {
      check(RAW.dup2(sockets.get(i), FIRST + i));
    }
    become(command.get(0), command, environment);
    throw new IllegalStateException("can't execute " + command);
  }

  /** With classpath and all: a command that starts the service. */
  static String command(String... where) {
    return String.join(
        " ",
        "exec",
        ProcessHandle.current().info().command().orElseThrow(),
        "-XX:TieredStopAtLevel=1 -cp",
        "'" + System.getProperty("java.class.path") + "'",
        ListeningLauncher.class.getName(),
        String.join(" ", where),
        "-- \"$@\"");
  }

  /** A duplicate of what another process of this user has (pidfd_getfd(2)). */
  private static int take(int pid, int descriptor) {
    int process = check((int) RAW.syscall(SYS_PIDFD_OPEN, pid, 0, 0));
    return check((int) RAW.syscall(SYS_PIDFD_GETFD, process, descriptor, 0));
  }

  private static int listen(String where, List<String> command) throws Exception {
    String host = where.substring(0, where.lastIndexOf(':'));
    String key = where.substring(where.lastIndexOf(':') + 1) + "=";
    String value =
        command.stream()
            .filter(word -> word.startsWith(key))
            .findFirst()
            .map(word -> word.substring(key.length()))
            .orElse("0");
    byte[] address = host.equals("unix") ? unix(value) : inet(host, Integer.parseInt(value));
    int socket =
        check(RAW.socket(host.equals("unix") ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    Pointer yes = Memory.allocateDirect(RUNTIME, Integer.BYTES, true);
    yes.putInt(0, 1);
    check(RAW.setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, yes, Integer.BYTES)); // systemd does too
    Pointer memory = Memory.allocateDirect(RUNTIME, address.length, true);
    memory.put(0, address, 0, address.length);
    check(RAW.bind(socket, memory, address.length));
    check(RAW.listen(socket, BACKLOG));
    return socket;
  }

  /** struct sockaddr_in */
  private static byte[] inet(String host, int port) throws Exception {
    byte[] address = new byte[16];
    address[0] = AF_INET;
    address[2] = (byte) (port >> 8);
    address[3] = (byte) port;
    System.arraycopy(InetAddress.getByName(host).getAddress(), 0, address, 4, 4);
    return address;
  }

  /** struct sockaddr_un */
  private static byte[] unix(String path) {
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    byte[] address = new byte[2 + name.length + 1];
    address[0] = AF_UNIX;
    System.arraycopy(name, 0, address, 2, name.length);
    return address;
  }

  private static int check(int result) {
    if (result < 0) {
      throw new IllegalStateException("errno " + RUNTIME.getLastError());
    }
    return result;
  }

  private static void become(String program, List<String> command, List<String> environment) {
    POSIX.execve(program, command.toArray(new String[0]), environment.toArray(new String[0]));
  }

  /** Public, because jnr-ffi implements it from another class loader. */
  public interface Raw {
    int setsockopt(int socket, int level, int option, Pointer value, int length);

    int socket(int domain, int type, int protocol);

    int bind(int socket, Pointer address, int length);

    int listen(int socket, int backlog);

    int dup2(int from, int to);

    long syscall(long number, long a, long b, long c);
  }
}
