package apps.jdk;

import apps.App;
import apps.Endpoints;
import apps.Exchange;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

/** The JDK's own {@code HttpServer} with a fixed pool. */
final class HttpServerApp {

  private static final int WORKERS = 200;

  private final HttpServer server;
  private final Endpoints endpoints;

  HttpServerApp(InetSocketAddress address, App app) throws IOException {
    endpoints = new Endpoints(app);
    // Without these it keeps at most 200 idle connections, and waits 40 ms for the client's ACK.
    System.setProperty("sun.net.httpserver.maxIdleConnections", "100000");
    System.setProperty("sun.net.httpserver.nodelay", "true");
    server = HttpServer.create(address, Main.BACKLOG);
    server.setExecutor(Executors.newFixedThreadPool(WORKERS));
    server.createContext("/", http -> handle(new JdkExchange(http)));
  }

  void start() {
    server.start();
  }

  private void handle(Exchange exchange) throws IOException {
    switch (exchange.method() + " " + exchange.path()) {
      case "GET /child":
        Endpoints.send(exchange, ProcessFacts.ofChild());
        break;
      case "GET /orphan":
        Endpoints.send(exchange, ProcessFacts.leaveOrphan());
        break;
      case "GET /limits":
        Endpoints.send(exchange, ProcessFacts.limits());
        break;
      default:
        endpoints.serve(exchange);
    }
  }

  private static final class JdkExchange implements Exchange {

    private static final int NO_BODY = -1;

    private final HttpExchange http;

    JdkExchange(HttpExchange http) {
      this.http = http;
    }

    @Override
    public String method() {
      return http.getRequestMethod();
    }

    @Override
    public String path() {
      return http.getRequestURI().getPath();
    }

    @Override
    public String query() {
      return http.getRequestURI().getRawQuery();
    }

    @Override
    public int peerPort() {
      return http.getRemoteAddress().getPort();
    }

    @Override
    public InputStream body() {
      return http.getRequestBody();
    }

    @Override
    public OutputStream answer(int status, String contentType, long length) throws IOException {
      if ("close".equalsIgnoreCase(http.getRequestHeaders().getFirst("Connection"))) {
        http.getResponseHeaders().set("Connection", "close");
      }
      http.getResponseHeaders().set("Content-Type", contentType);
      http.sendResponseHeaders(status, length == 0 ? NO_BODY : length);
      return http.getResponseBody();
    }
  }
}
