package io.graceful.it.jvm;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What the sockets of a process's network namespace are, by inode: /proc/pid/net, see
 * proc_pid_net(5).
 */
final class SocketTable {
  /** An agent's own listener; it is bound before it gets its name. */
  private static final Pattern CONTROL_PATH =
      Pattern.compile(" .*/graceful(-\\d+)?/\\d+-\\d+\\.sock(\\.new)?");

  private static final String TCP_LISTEN = "0A";

  /** The flag __SO_ACCEPTCON of a listening UNIX socket. */
  private static final int UNIX_LISTENING = 0x10000;

  private final Map<String, Socket> byInode = new HashMap<>();

  private SocketTable() {}

  static SocketTable of(long pid) {
    SocketTable table = new SocketTable();
    Path net = ProcFs.of(pid).resolve("net");
    table.readInet(net.resolve("tcp"), "tcp");
    table.readInet(net.resolve("tcp6"), "tcp");
    table.readInet(net.resolve("udp"), "udp");
    table.readInet(net.resolve("udp6"), "udp");
    table.readUnix(net.resolve("unix"));
    return table;
  }

  Socket get(String inode) {
    return byInode.getOrDefault(inode, new Socket("socket", false, 0));
  }

  private void readInet(Path file, String protocol) {
    ProcFs.read(file)
        .lines()
        .skip(1)
        .map(line -> line.strip().split("\\s+"))
        .forEach(
            fields -> {
              int port = Integer.parseInt(fields[1].substring(fields[1].indexOf(':') + 1), 16);
              boolean listens = protocol.equals("tcp") && fields[3].equals(TCP_LISTEN);
              String kind = listens ? "tcp listening on " + port : protocol;
              byInode.put(fields[9], new Socket(kind, listens, port));
            });
  }

  private void readUnix(Path file) {
    ProcFs.read(file)
        .lines()
        .skip(1)
        .map(line -> line.strip().split("\\s+"))
        .forEach(
            fields -> {
              boolean listens = (Integer.parseUnsignedInt(fields[3], 16) & UNIX_LISTENING) != 0;
              String path = fields.length > 7 && !fields[7].startsWith("@") ? " " + fields[7] : "";
              String kind = (listens ? "unix listening" : "unix") + path;
              byInode.put(
                  fields[6],
                  new Socket(
                      CONTROL_PATH.matcher(path).matches() ? ProcessView.CONTROL_SOCKET : kind,
                      listens,
                      0));
            });
  }

  /**
   * @param kind without anything that differs between two processes that do the same
   * @param port 0 if it is no TCP or UDP socket
   */
  record Socket(String kind, boolean isListening, int port) {}
}
