package io.graceful.control;

import io.graceful.os.ErrnoException;
import io.graceful.os.FdMessages;
import io.graceful.os.Libc;
import io.graceful.os.NativeMemory;
import io.graceful.os.Reactor;
import io.graceful.os.SocketIo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * One client of a {@link ControlServer}: sends a request, a line of JSON, and gets lines of JSON
 * until the server hangs up. For the reactor's thread only.
 */
public final class Conversation {

  private static final int CLOSED = -1;
  private static final int PIECE_BYTES = 4096;
  private static final int LONGEST_REQUEST_BYTES = 64 * 1024;

  /** For a client to send its request. */
  private static final int REQUEST_MILLIS = 10_000;

  /** For a client to read why it was refused. */
  private static final int LAST_WORDS_MILLIS = 2000;

  private final Libc libc;
  private final Reactor reactor;
  private final Consumer<Message> onRequest;
  private final Runnable whenOver;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private int fd;
  private boolean asked;

  Conversation(
      Libc libc,
      Reactor reactor,
      int fd,
      BiConsumer<Message, Conversation> onRequest,
      Consumer<Conversation> whenOver) {
    this.libc = libc;
    this.reactor = reactor;
    this.fd = fd;
    this.onRequest = request -> onRequest.accept(request, this);
    this.whenOver = () -> whenOver.accept(this);
  }

  void start() {
    reactor.watch(fd, this::onReadable);
    reactor.after(REQUEST_MILLIS, this::hangUpOnTheSilent);
  }

  /** Whether anybody hears what is said. */
  public boolean isOpen() {
    return fd != CLOSED;
  }

  /** One more line. Who does not read what was said before is hung up on: nobody waits for that. */
  public void say(Message message) {
    if (!isOpen()) {
      return;
    }
    byte[] bytes = (message + "\n").getBytes(StandardCharsets.UTF_8);
    try (SocketIo io = new SocketIo(libc);
        NativeMemory memory = NativeMemory.of(bytes)) {
      if (io.send(fd, memory, 0, bytes.length) != bytes.length) {
        hangUp();
      }
    }
  }

  /**
   * One more line, with a descriptor.
   *
   * @param passed goes along as a duplicate
   * @throws IOException if nobody takes it; who has taken it was there when this began
   */
  public void say(Message message, int passed) throws IOException {
    if (!isOpen()) {
      throw new ErrnoException("send", ErrnoException.EPIPE);
    }
    byte[] bytes = (message + "\n").getBytes(StandardCharsets.UTF_8);
    new FdMessages(libc).send(fd, bytes, passed);
  }

  /**
   * The client's pid, as the kernel says (SO_PEERCRED, unix(7)).
   *
   * @return 0 if it has none here, but in another pid namespace
   */
  public int clientPid() throws ErrnoException {
    return libc.peerCredentials(fd)[0];
  }

  public void hangUp() {
    if (isOpen()) {
      reactor.unwatch(fd);
      libc.close(fd);
      fd = CLOSED;
      whenOver.run();
    }
  }

  private void hangUpOnTheSilent() {
    if (!asked) {
      hangUp();
    }
  }

  private void onReadable() {
    try (SocketIo io = new SocketIo(libc);
        NativeMemory piece = new NativeMemory(PIECE_BYTES)) {
      int count = io.receive(fd, piece, PIECE_BYTES);
      if (count == -ErrnoException.EAGAIN) {
        return;
      }
      if (count <= 0) {
        hangUp();
        return;
      }
      if (!asked) { // What comes after that is nobody's.
        read(piece, count);
      }
    }
  }

  private void read(NativeMemory piece, int count) {
    for (int i = 0; i < count; i++) {
      byte next = piece.bytes.get(i);
      if (next == '\n') {
        asked = true;
        request();
        return;
      }
      line.write(next);
    }
    if (line.size() > LONGEST_REQUEST_BYTES) {
      asked = true;
      refuse("a request has at most " + LONGEST_REQUEST_BYTES + " bytes");
    }
  }

  private void request() {
    Message request;
    try {
      request = Message.parse(new String(line.toByteArray(), StandardCharsets.UTF_8));
    } catch (IOException unclear) {
      refuse("the request is " + unclear.getMessage());
      return;
    }
    onRequest.accept(request);
  }

  /** The last line: says what is wrong with the request. */
  public void refuse(String reason) {
    say(Message.event("refused").with("reason", reason));
    // What is closed with bytes unread resets its peer (unix_release_sock), which may not have read
    // the refusal yet.
    if (isOpen()) {
      try (SocketIo io = new SocketIo(libc)) {
        io.finishSending(fd);
      }
      reactor.after(LAST_WORDS_MILLIS, this::hangUp);
    }
  }
}
