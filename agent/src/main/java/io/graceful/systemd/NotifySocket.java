package io.graceful.systemd;

import io.graceful.log.Log;
import io.graceful.os.ErrnoException;
import io.graceful.os.FdMessages;
import io.graceful.os.Libc;
import io.graceful.os.Reactor;
import io.graceful.os.UnixSockets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Where systemd takes notifications (sd_notify(3)): one datagram each. Never waits; a message that
 * does not fit into the receiver's queue is sent again soon, and those behind it wait for it. On
 * the reactor's thread.
 */
public final class NotifySocket {

  /** How the abstract name begins where the receiver is the supervisor of our own. */
  public static final String OF_OUR_SUPERVISOR = "graceful-supervisor-";

  private static final long RETRY_MILLIS = 50;

  /** A receiver that takes nothing does not come back. */
  private static final int MOST_WAITING = 100;

  private final Libc libc;
  private final Reactor reactor;
  private final Log log;
  private final String name;
  private final FdMessages messages;
  private final UnixSockets sockets;
  private final Deque<Message> waiting = new ArrayDeque<>();

  /** Owns its descriptor, or has -1. */
  private static final class Message {
    final String text;
    final int fd;

    Message(String text, int fd) {
      this.text = text;
      this.fd = fd;
    }
  }

  /**
   * @param name as in NOTIFY_SOCKET: a path, or @ and a name in the abstract namespace
   */
  public NotifySocket(Libc libc, Reactor reactor, Log log, String name) {
    this.libc = libc;
    this.reactor = reactor;
    this.log = log;
    this.name = name;
    this.messages = new FdMessages(libc);
    this.sockets = new UnixSockets(libc);
  }

  /**
   * @param message assignments, a line each
   */
  public void send(String message) {
    enqueue(new Message(message, -1));
  }

  /**
   * @param fd goes along as a duplicate, which is made at once
   */
  void send(String message, int fd) {
    try {
      enqueue(new Message(message, libc.duplicate(fd)));
    } catch (ErrnoException closedOrFull) {
      log.error("can't tell systemd " + inOneLine(message) + ": " + closedOrFull.getMessage());
    }
  }

  private void enqueue(Message message) {
    waiting.add(message);
    if (waiting.size() == 1) {
      sendWaiting();
    } else if (waiting.size() > MOST_WAITING) {
      log.error("systemd takes no messages at " + name + ": lost " + done());
    }
  }

  private void sendWaiting() {
    while (!waiting.isEmpty()) {
      try {
        sendNow(waiting.peek());
        log.debug("told systemd: " + done());
      } catch (IOException failure) {
        if (isFull(failure)) {
          reactor.after(RETRY_MILLIS, this::sendWaiting);
          return;
        }
        log.error(
            "can't tell systemd "
                + done()
                + " at "
                + name
                + " (NOTIFY_SOCKET): "
                + failure.getMessage());
      }
    }
  }

  /** The first is sent, or given up. */
  private String done() {
    Message message = waiting.remove();
    if (message.fd >= 0) {
      libc.close(message.fd);
    }
    return inOneLine(message.text);
  }

  private static boolean isFull(IOException failure) {
    return failure instanceof ErrnoException
        && ((ErrnoException) failure).errno() == ErrnoException.EAGAIN;
  }

  /** A socket for each: messages are rare, and a receiver may be replaced by another one. */
  private void sendNow(Message message) throws IOException {
    int socket = sockets.datagramsTo(name);
    try {
      messages.send(socket, message.text.getBytes(StandardCharsets.UTF_8), message.fd);
    } finally {
      libc.close(socket);
    }
  }

  private static String inOneLine(String message) {
    return message.replace('\n', ' ');
  }
}
