package io.graceful.it.demo;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * Clients that make a request, keep the connection for later, and open another when the server has
 * closed it: browsers and connection pools between two requests.
 */
final class IdleClients implements AutoCloseable {
  private static final Pattern ANSWER =
      Pattern.compile("(?s)HTTP/1.1 200 .*pid=\\d+ generation=\\d+\n.*");
  private static final int ANSWER_MILLIS = 30_000;
  private static final int PAUSE_AFTER_FAILURE_MILLIS = 100;

  private final int port;
  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicInteger reopened = new AtomicInteger();
  private final List<Socket> open = new ArrayList<>();
  private boolean closed;

  IdleClients(int port, int count) {
    this.port = port;
    for (int i = 0; i < count; i++) {
      Thread thread = new Thread(this::keepOneOpen, "idle-client-" + i);
      thread.setDaemon(true);
      thread.start();
    }
  }

  int answered() {
    return answered.get();
  }

  int failed() {
    return failed.get();
  }

  /** Connections that the server closed while nothing was in progress on them. */
  int reopened() {
    return reopened.get();
  }

  @Override
  public void close() {
    synchronized (open) {
      closed = true;
      open.forEach(IdleClients::leave);
    }
  }

  private void keepOneOpen() {
    while (!isClosed()) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        register(socket);
        request(socket);
        answered.incrementAndGet();
        awaitClose(socket);
        if (!isClosed()) {
          reopened.incrementAndGet();
        }
      } catch (IOException lost) {
        if (!isClosed()) {
          failed.incrementAndGet();
          pause();
        }
      }
    }
  }

  private static void request(Socket socket) throws IOException {
    socket.setSoTimeout(ANSWER_MILLIS);
    socket
        .getOutputStream()
        .write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    StringBuilder answer = new StringBuilder();
    byte[] buffer = new byte[1024];
    while (!ANSWER.matcher(answer).matches()) {
      int n = socket.getInputStream().read(buffer);
      if (n < 0) {
        throw new IOException("closed after: " + answer);
      }
      answer.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
    }
  }

  /** A reset is as good: nothing was in progress. */
  private static void awaitClose(Socket socket) throws IOException {
    socket.setSoTimeout(0);
    InputStream in = socket.getInputStream();
    try {
      while (in.read() >= 0) {
        // The end of a chunked answer.
      }
    } catch (IOException reset) {
      return;
    }
  }

  private void register(Socket socket) {
    synchronized (open) {
      open.removeIf(Socket::isClosed);
      open.add(socket);
      if (closed) {
        leave(socket);
      }
    }
  }

  private boolean isClosed() {
    synchronized (open) {
      return closed;
    }
  }

  private static void leave(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // Its answers are counted; closing can't change that.
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_AFTER_FAILURE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
