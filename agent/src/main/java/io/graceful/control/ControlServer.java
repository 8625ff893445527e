package io.graceful.control;

import io.graceful.log.Log;
import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.os.Reactor;
import io.graceful.os.UnixSockets;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * An agent's socket for its operator; see docs/control-protocol.md. Everything runs on the
 * reactor's thread.
 */
public final class ControlServer implements AutoCloseable {

  private static final int ROOT = 0;
  private static final int MOST_CLIENTS = 32;

  /** Until it looks whether there is a descriptor again. */
  private static final int FULL_MILLIS = 500;

  private final Libc libc;
  private final Reactor reactor;
  private final Log log;
  private final Path path;
  private final BiConsumer<Message, Conversation> onRequest;
  private final UnixSockets sockets;
  private final Set<Conversation> conversations = new HashSet<>();
  private int listener;

  private ControlServer(
      Libc libc, Reactor reactor, Log log, Path path, BiConsumer<Message, Conversation> onRequest) {
    this.libc = libc;
    this.reactor = reactor;
    this.log = log;
    this.path = path;
    this.onRequest = onRequest;
    this.sockets = new UnixSockets(libc);
  }

  /**
   * Opens the socket, and removes those that dead agents have left in the directory.
   *
   * @param directory as {@link ControlDirectory#prepare} returns it
   * @param onRequest answers, and hangs up sooner or later
   */
  public static ControlServer open(
      Libc libc,
      Reactor reactor,
      Log log,
      Path directory,
      SocketName name,
      BiConsumer<Message, Conversation> onRequest)
      throws IOException {
    ControlServer server = new ControlServer(libc, reactor, log, name.in(directory), onRequest);
    removeLeftOver(libc, directory);
    Path unfinished = name.unfinishedIn(directory);
    Files.deleteIfExists(unfinished);
    server.listener = server.sockets.listen(unfinished);
    try {
      Files.move(unfinished, server.path, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      libc.close(server.listener);
      Files.deleteIfExists(unfinished);
      throw failure;
    }
    server.watch();
    return server;
  }

  private void watch() {
    if (listener >= 0) {
      reactor.watch(listener, this::onClients);
    }
  }

  /** Sockets on which nobody listens any more. */
  public static void removeLeftOver(Libc libc, Path directory) throws IOException {
    UnixSockets sockets = new UnixSockets(libc);
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "*.sock")) {
      for (Path entry : entries) {
        try {
          libc.close(sockets.connect(entry));
        } catch (ErrnoException nobody) { // Or one that is stopped.
          if (nobody.errno() == ErrnoException.ECONNREFUSED && SocketName.of(entry) != null) {
            Files.deleteIfExists(entry);
          }
        }
      }
    }
  }

  private void onClients() {
    try {
      for (int fd = sockets.accept(listener); fd >= 0; fd = sockets.accept(listener)) {
        welcome(fd);
      }
    } catch (ErrnoException full) {
      // The client waits in the queue; without a pause we would be told of it again and again.
      log.debug("no descriptor left for a client of " + path);
      reactor.unwatch(listener);
      reactor.after(FULL_MILLIS, this::watch);
    }
  }

  private void welcome(int fd) {
    if (!mayAsk(fd) || conversations.size() >= MOST_CLIENTS) {
      libc.close(fd);
      return;
    }
    Conversation conversation =
        new Conversation(libc, reactor, fd, onRequest, conversations::remove);
    conversations.add(conversation);
    conversation.start();
  }

  private boolean mayAsk(int fd) {
    try {
      int user = libc.peerCredentials(fd)[1];
      return user == ROOT || user == libc.effectiveUser();
    } catch (ErrnoException unknown) {
      return false;
    }
  }

  /** Hangs up on everybody, and removes the socket. */
  @Override
  public void close() {
    if (listener < 0) {
      return;
    }
    reactor.unwatch(listener);
    libc.close(listener);
    listener = -1;
    try {
      Files.deleteIfExists(path);
    } catch (IOException left) {
      log.debug("can't remove " + path + ": " + left.getMessage());
    }
    new ArrayList<>(conversations).forEach(Conversation::hangUp);
  }
}
