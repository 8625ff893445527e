package io.graceful.supervisor;

import io.graceful.os.Datagrams.Datagram;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a server tells its supervisor: assignments, a line each (sd_notify(3)). */
final class Notification {

  private final Map<String, String> assignments = new HashMap<>();
  private final Datagram datagram;

  Notification(Datagram datagram) {
    this.datagram = datagram;
    for (String line : new String(datagram.bytes, StandardCharsets.UTF_8).split("\n")) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        assignments.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
  }

  int sender() {
    return datagram.pid;
  }

  int user() {
    return datagram.user;
  }

  /** Whoever gets it closes them. */
  List<Integer> descriptors() {
    return datagram.fds;
  }

  boolean says(String assignment) {
    int equals = assignment.indexOf('=');
    return assignment
        .substring(equals + 1)
        .equals(assignments.get(assignment.substring(0, equals)));
  }

  /** Empty if it is not there. */
  String text(String name) {
    return assignments.getOrDefault(name, "");
  }

  /** 0 if it is not there, or no pid. */
  int pid(String name) {
    String text = text(name);
    return text.matches("[1-9][0-9]{0,8}") ? Integer.parseInt(text) : 0;
  }
}
