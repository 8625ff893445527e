package io.graceful.sockets;

import static io.graceful.os.NativeLibc.LIBC;

import io.graceful.os.Await;
import io.graceful.os.ProcFs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A thread of an app that sits in ServerSocket.accept, and its server. */
final class Acceptor implements AutoCloseable {

  final ServerSocket server;
  final int fd;
  private final CompletableFuture<Integer> acceptedFromPort = new CompletableFuture<>();

  /**
   * @param timeoutMillis with one (SO_TIMEOUT), the JDK waits in poll instead of accept; 0 for none
   */
  Acceptor(int timeoutMillis) throws Exception {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    server.setSoTimeout(timeoutMillis);
    fd = Descriptors.ofListener(LIBC, server.getLocalPort());
    new Thread(this::acceptOne, "acceptor").start();
    Await.until("a thread in accept", () -> isWaitingIn(timeoutMillis == 0));
  }

  private void acceptOne() {
    try {
      int port;
      try (Socket accepted = server.accept()) {
        port = accepted.getPort();
      }
      acceptedFromPort.complete(port);
    } catch (IOException closed) {
      acceptedFromPort.completeExceptionally(closed);
    }
  }

  /** Whether its thread is in accept(2), or in poll(2), on the listener's number. */
  private boolean isWaitingIn(boolean accept) throws IOException {
    for (int tid : ProcFs.threads()) {
      String[] call = ProcFs.call(tid);
      if (call != null && call.length > 2 && isOn(call, accept)) {
        return true;
      }
    }
    return false;
  }

  private boolean isOn(String[] call, boolean accept) throws IOException {
    int number = Integer.parseInt(call[0]);
    long first = Long.parseUnsignedLong(call[1].substring(2), 16);
    return accept
        ? LIBC.arch().isAccept(number) && first == fd
        : LIBC.arch().isPoll(number) && polled(first) == fd;
  }

  private static int polled(long address) {
    try {
      return ProcFs.readInt(address);
    } catch (IOException returnedMeanwhile) {
      return -1;
    }
  }

  /** After a wake-up out of accept, the JDK goes on waiting in poll. */
  void awaitPolling() throws Exception {
    Await.until("the thread in poll", () -> isWaitingIn(false));
  }

  boolean isWaiting() throws IOException {
    return isWaitingIn(false) || isWaitingIn(true);
  }

  boolean isInAccept() throws IOException {
    return isWaitingIn(true);
  }

  Socket connect() throws IOException {
    return new Socket(server.getInetAddress(), server.getLocalPort());
  }

  boolean hasAccepted() {
    return acceptedFromPort.isDone();
  }

  /** The client's port. */
  int accepted() throws Exception {
    return acceptedFromPort.get(30, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    server.close();
    acceptedFromPort.handle((port, closed) -> port).join();
  }
}
