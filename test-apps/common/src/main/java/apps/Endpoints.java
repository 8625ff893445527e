package apps;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** What all these servers answer. */
public final class Endpoints {

  private static final String TEXT = "text/plain";

  private final App app;

  public Endpoints(App app) {
    this.app = app;
  }

  public void serve(Exchange exchange) throws IOException {
    switch (exchange.method() + " " + exchange.path()) {
      case "GET /":
        send(exchange, app.identity());
        break;
      case "GET /peer":
        send(exchange, app.identityFor(exchange.peerPort(), exchange.query()));
        break;
      case "GET /slow":
        App.sleep(Query.number(exchange.query(), "ms"));
        send(exchange, app.identity());
        break;
      case "POST /upload":
        send(exchange, Upload.readFrom(exchange.body()).receipt());
        break;
      case "GET /download":
        send(exchange, Download.of(exchange.query()));
        break;
      default:
        exchange.answer(404, TEXT, 0).close();
    }
  }

  public static void send(Exchange exchange, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = exchange.answer(200, TEXT, body.length)) {
      out.write(body);
    }
  }

  private static void send(Exchange exchange, Download download) throws IOException {
    try (OutputStream out = exchange.answer(200, "application/octet-stream", download.length())) {
      download.writeTo(out);
    }
  }
}
