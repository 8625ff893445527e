package io.graceful.it.load;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Does what the test apps promise, inside this process. */
final class WellBehavedServer implements AutoCloseable {
  private static final byte[] GREETING =
      "pid=17 generation=1\n".getBytes(StandardCharsets.US_ASCII);

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final HttpServer server;

  WellBehavedServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.setExecutor(executor);
    server.createContext("/", exchange -> answer(exchange, GREETING));
    server.createContext("/peer", WellBehavedServer::peer);
    server.createContext("/slow", WellBehavedServer::slow);
    server.createContext("/upload", WellBehavedServer::upload);
    server.createContext("/download", WellBehavedServer::download);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }

  private static void peer(HttpExchange exchange) throws IOException {
    String body =
        String.format(
            "pid=17 generation=1 peer=%d %s%n",
            exchange.getRemoteAddress().getPort(), exchange.getRequestURI().getQuery());
    answer(exchange, body.getBytes(StandardCharsets.US_ASCII));
  }

  private static void slow(HttpExchange exchange) throws IOException {
    sleep(Long.parseLong(exchange.getRequestURI().getQuery().replace("ms=", "")));
    answer(exchange, GREETING);
  }

  private static void upload(HttpExchange exchange) throws IOException {
    byte[] content = exchange.getRequestBody().readAllBytes();
    try {
      String digest =
          HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
      answer(exchange, (digest + "\n").getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new IOException(e);
    }
  }

  /** Ignores the pace that it is asked for, and sends chunks so that both framings are seen. */
  private static void download(HttpExchange exchange) throws IOException {
    int bytes =
        Integer.parseInt(exchange.getRequestURI().getQuery().replaceAll("bytes=(\\d+)&.*", "$1"));
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      for (int i = 0; i < bytes; i++) {
        out.write(KnownContent.at(i));
      }
    }
  }

  private static void answer(HttpExchange exchange, byte[] body) throws IOException {
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static void sleep(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
