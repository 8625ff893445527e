package apps.protocols;

import apps.App;
import apps.Download;
import apps.Query;
import apps.Upload;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** HTTP/1, one request after the other; an upgrade or a tunnel ends it. */
class HttpConversation implements Conversation {

  private final App app;
  private final Client client;
  private RequestHead request;

  HttpConversation(App app, Client client) {
    this.app = app;
    this.client = client;
  }

  @Override
  public final Client client() {
    return client;
  }

  @Override
  public void hold() throws IOException {
    try {
      boolean goOn = true;
      while (goOn) {
        request = RequestHead.readFrom(client.in());
        goOn = request != null && answer();
      }
    } catch (RequestHead.NotHttp e) {
      write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }
  }

  /** The port that the client came from, as the application is to believe it. */
  int clientPort() {
    return client.port();
  }

  private boolean answer() throws IOException {
    RequestBody body = new RequestBody(request, client.in());
    switch (request.method + " " + request.path) {
      case "GET /":
      case "HEAD /":
        text(app.identity());
        break;
      case "GET /peer":
        text(app.identityFor(clientPort(), request.query));
        break;
      case "GET /slow":
        App.sleep(number("ms"));
        text(app.identity());
        break;
      case "GET /poll":
        awaitGate();
        text(app.identity());
        break;
      case "GET /status":
        write(head(number("code") + " As You Like It"));
        break;
      case "POST /upload":
        allowBody();
        text(Upload.readFrom(body).receipt());
        break;
      case "POST /early":
        // Long before it has the body, which it takes all the same.
        text(app.identity());
        Upload.readFrom(body);
        break;
      case "GET /download":
        Download download = Download.of(request.query);
        write(head("200 OK", download.length()));
        download.writeTo(client.out());
        break;
      case "GET /chunked":
        new ChunkedResponse(app, client.out()).send(head("200 OK"), request.query);
        break;
      case "GET /events":
        sendEvents();
        return false;
      case "GET /ws":
        new WebSocket(app, client).serve(request);
        return false;
      default:
        if (request.method.equals("CONNECT")) {
          Tunnel.dig(request.target, client);
          return false;
        }
        write(head("404 Not Found", 0));
    }
    drain(body);
    return request.keepsAlive();
  }

  /** Sends the first event, and the others after the gate has opened. */
  private void sendEvents() throws IOException {
    write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n");
    long events = number("n");
    for (long event = 1; event <= events; event++) {
      write("id: " + event + "\ndata: " + app.identity() + "\n");
      if (event == 1) {
        awaitGate();
      }
      if (event < events) {
        App.sleep(number("ms"));
      }
    }
  }

  /** Waits until the operator has made a file of that name in the state directory. */
  private void awaitGate() {
    String gate = Query.text(request.query, "gate");
    if (gate != null) {
      app.state().await(gate);
    }
  }

  private void allowBody() throws IOException {
    if (request.header("expect").equals("100-continue")) {
      awaitGate();
      write("HTTP/1.1 100 Continue\r\n\r\n");
    }
  }

  private void text(String text) throws IOException {
    write(head("200 OK", text.length()) + (request.method.equals("HEAD") ? "" : text));
  }

  private String head(String status, long length) {
    return head(status).replaceFirst("\r\n\r\n$", "\r\nContent-Length: " + length + "\r\n\r\n");
  }

  private String head(String status) {
    String head = "HTTP/1.1 " + status + "\r\nContent-Type: text/plain";
    if (!request.keepsAlive()) {
      head += "\r\nConnection: close";
    } else if (request.isHttp10) {
      head += "\r\nConnection: keep-alive";
    }
    return head + "\r\n\r\n";
  }

  private long number(String key) {
    return Query.number(request.query, key);
  }

  private void write(String text) throws IOException {
    write(client.out(), text);
  }

  static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private static void drain(InputStream body) throws IOException {
    byte[] buffer = new byte[8 * 1024];
    while (body.read(buffer) >= 0) {
      // Nobody has asked for it, but the next request comes after it.
    }
  }
}
