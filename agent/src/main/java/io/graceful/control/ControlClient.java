package io.graceful.control;

import io.graceful.os.ErrnoException;
import io.graceful.os.FdMessages;
import io.graceful.os.Libc;
import io.graceful.os.NativeMemory;
import io.graceful.os.Reactor;
import io.graceful.os.SocketIo;
import io.graceful.os.UnixSockets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Asks an agent something, and reads what it answers. */
public final class ControlClient implements AutoCloseable {

  private static final int NONE = -1;

  private final Libc libc;
  private final Path socket;
  private final int fd;
  private final SocketIo io;
  private final FdMessages messages;
  private byte[] piece = new byte[0];
  private int next;
  private int descriptor = NONE;

  private ControlClient(Libc libc, Path socket, int fd) {
    this.libc = libc;
    this.socket = socket;
    this.fd = fd;
    this.io = new SocketIo(libc);
    this.messages = new FdMessages(libc);
  }

  /**
   * @throws ErrnoException ECONNREFUSED if the agent is gone
   * @throws SilentAgentException if it is there, but does not accept
   */
  public static ControlClient connect(Libc libc, Path socket) throws IOException {
    try {
      return new ControlClient(libc, socket, new UnixSockets(libc).connect(socket));
    } catch (ErrnoException failure) {
      if (failure.errno() == ErrnoException.EAGAIN) {
        throw new SilentAgentException(socket, failure);
      }
      throw failure;
    }
  }

  /** Pid of the process that listens, as the kernel says (SO_PEERCRED, unix(7)). */
  public int agentPid() throws ErrnoException {
    return libc.peerCredentials(fd)[0];
  }

  /** The user that this process runs as. */
  public int agentUser() throws ErrnoException {
    return libc.peerCredentials(fd)[1];
  }

  /**
   * To be called once.
   *
   * @throws IOException if the agent has hung up
   */
  public void ask(Message request) throws IOException {
    byte[] bytes = (request + "\n").getBytes(StandardCharsets.UTF_8);
    try (NativeMemory memory = NativeMemory.of(bytes)) {
      int sent = io.send(fd, memory, 0, bytes.length);
      if (sent != bytes.length) {
        throw new IOException("the agent does not listen: " + new ErrnoException("send", -sent));
      }
    }
  }

  /**
   * What it says next; waits for that.
   *
   * @param millis to wait for each piece of it
   * @return null when it has hung up
   * @throws SilentAgentException when it says nothing for so long
   */
  public Message hear(int millis) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      while (next < piece.length) {
        byte one = piece[next++];
        if (one == '\n') {
          return parsed(line);
        }
        line.write(one);
      }
      FdMessages.Packet packet = receive();
      if (packet == null) {
        await(millis);
        continue;
      }
      if (packet.bytes.length == 0) {
        return null;
      }
      keep(packet.fd);
      piece = packet.bytes;
      next = 0;
    }
  }

  /**
   * @return null if there is nothing yet; one of no bytes if there is nothing to come
   */
  private FdMessages.Packet receive() throws IOException {
    try {
      return messages.receive(fd);
    } catch (ErrnoException reset) {
      return FdMessages.Packet.END;
    }
  }

  private void keep(int received) {
    if (received != NONE) {
      dropDescriptor();
      descriptor = received;
    }
  }

  /**
   * What came along with the last message; the caller closes it.
   *
   * @return -1 if nothing did
   */
  public int takeDescriptor() {
    int taken = descriptor;
    descriptor = NONE;
    return taken;
  }

  private void dropDescriptor() {
    if (descriptor != NONE) {
      libc.close(takeDescriptor());
    }
  }

  private void await(int millis) throws IOException {
    if (!Reactor.awaitReadable(libc, fd, millis)) {
      throw new SilentAgentException(socket, null);
    }
  }

  private static Message parsed(ByteArrayOutputStream line) throws IOException {
    try {
      return Message.parse(new String(line.toByteArray(), StandardCharsets.UTF_8));
    } catch (IOException unclear) {
      throw new IOException("what the agent says is " + unclear.getMessage(), unclear);
    }
  }

  @Override
  public void close() {
    io.close();
    dropDescriptor();
    libc.close(fd);
  }
}
