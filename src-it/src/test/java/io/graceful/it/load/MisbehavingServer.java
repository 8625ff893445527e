package io.graceful.it.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A server that does to each of its connections what a test tells it. */
final class MisbehavingServer implements AutoCloseable {
  static final String GREETING = "pid=17 generation=1\n";

  private final ServerSocket listener;

  private MisbehavingServer(ServerSocket listener) {
    this.listener = listener;
  }

  /**
   * Reads the head of one request of each connection, does its worst, and closes the connection.
   */
  static MisbehavingServer answering(Behaviour behaviour) throws IOException {
    MisbehavingServer server =
        new MisbehavingServer(new ServerSocket(0, 100, InetAddress.getLoopbackAddress()));
    Thread acceptor = new Thread(() -> server.accept(behaviour), "misbehaving-server");
    acceptor.setDaemon(true);
    acceptor.start();
    return server;
  }

  /** Sends these bytes, whatever is asked, and closes the connection. */
  static MisbehavingServer sending(String response) throws IOException {
    return answering(connection -> connection.send(response));
  }

  /** Never accepts; the kernel takes two connections and then drops SYNs. */
  static MisbehavingServer neverAccepting() throws IOException {
    return new MisbehavingServer(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
  }

  static String ok(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  int port() {
    return listener.getLocalPort();
  }

  /** With limits that a machine with other things to do keeps too. */
  Load.Plan load() {
    return Load.against("127.0.0.1", port()).limits(5_000, 5_000);
  }

  /** For tests in which a client is to give up. */
  Load.Plan impatientLoad() {
    return Load.against("127.0.0.1", port()).limits(300, 300);
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  private void accept(Behaviour behaviour) {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        Thread thread = new Thread(() -> serve(socket, behaviour), "misbehaving-connection");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        return; // closed: the test is over
      }
    }
  }

  private static void serve(Socket socket, Behaviour behaviour) {
    try (socket) {
      ServedConnection connection = new ServedConnection(socket);
      connection.readHead();
      behaviour.serve(connection);
    } catch (IOException | InterruptedException e) {
      // The client has left, or the test is over.
    }
  }

  interface Behaviour {
    void serve(ServedConnection connection) throws IOException, InterruptedException;
  }

  /** The server's view of a connection. */
  static final class ServedConnection {
    private final Socket socket;
    private final BufferedReader in;
    private String requestLine = "";

    ServedConnection(Socket socket) throws IOException {
      this.socket = socket;
      this.in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    /** Reads up to the empty line; false when the client has left. */
    boolean readHead() throws IOException {
      String line = in.readLine();
      requestLine = line;
      while (line != null && !line.isEmpty()) {
        line = in.readLine();
      }
      return line != null;
    }

    /** What a server should answer to the last request. */
    String rightAnswer() {
      return ok(
          requestLine.contains("/peer?")
              ? requestLine.replaceAll(
                  ".* /peer.tag=(\\d+) .*", "pid=17 generation=1 peer=" + peerPort() + " tag=$1\n")
              : GREETING);
    }

    int peerPort() {
      return socket.getPort();
    }

    void send(String text) throws IOException {
      send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void send(byte[] bytes) throws IOException {
      OutputStream out = socket.getOutputStream();
      out.write(bytes);
      out.flush();
    }

    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }
}
