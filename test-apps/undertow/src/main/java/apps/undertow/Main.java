package apps.undertow;

import apps.App;
import apps.Endpoints;
import apps.Exchange;
import apps.Options;
import apps.Silence;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.util.Headers;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collections;

/** Undertow with a blocking handler. */
public final class Main {

  private static final int BACKLOG = 1024;
  private static final int WORKERS = 200;

  private Main() {}

  public static void main(String[] args) {
    Silence.keep();
    Options options = Options.parse(args, Collections.emptyList());
    App app = App.start(options);
    Endpoints endpoints = new Endpoints(app);

    Undertow undertow =
        Undertow.builder()
            .setSocketOption(org.xnio.Options.BACKLOG, BACKLOG)
            .setWorkerThreads(WORKERS)
            .addHttpListener(
                options.port(),
                options.host(),
                Handlers.httpContinueRead(
                    new BlockingHandler(http -> endpoints.serve(new UndertowExchange(http)))))
            .build();
    undertow.start();
    Runtime.getRuntime().addShutdownHook(new Thread(undertow::stop));
    app.bound();
    app.serving();
  }

  private static final class UndertowExchange implements Exchange {

    private final HttpServerExchange http;

    UndertowExchange(HttpServerExchange http) {
      this.http = http;
    }

    @Override
    public String method() {
      return http.getRequestMethod().toString();
    }

    @Override
    public String path() {
      return http.getRequestPath();
    }

    @Override
    public String query() {
      return http.getQueryString();
    }

    @Override
    public int peerPort() {
      return http.getSourceAddress().getPort();
    }

    @Override
    public InputStream body() {
      return http.getInputStream();
    }

    @Override
    public OutputStream answer(int status, String contentType, long length) {
      http.setStatusCode(status);
      http.getResponseHeaders().put(Headers.CONTENT_TYPE, contentType);
      http.setResponseContentLength(length);
      return http.getOutputStream();
    }
  }
}
