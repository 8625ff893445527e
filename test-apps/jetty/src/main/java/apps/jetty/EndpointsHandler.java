package apps.jetty;

import apps.Endpoints;
import apps.Exchange;
import java.io.InputStream;
import java.io.OutputStream;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** The endpoints as a blocking Jetty handler. */
final class EndpointsHandler extends Handler.Abstract {

  private final Endpoints endpoints;

  EndpointsHandler(Endpoints endpoints) {
    this.endpoints = endpoints;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    endpoints.serve(new JettyExchange(request, response));
    callback.succeeded();
    return true;
  }

  private record JettyExchange(Request request, Response response) implements Exchange {

    @Override
    public String method() {
      return request.getMethod();
    }

    @Override
    public String path() {
      return request.getHttpURI().getPath();
    }

    @Override
    public String query() {
      return request.getHttpURI().getQuery();
    }

    @Override
    public int peerPort() {
      return Request.getRemotePort(request);
    }

    @Override
    public InputStream body() {
      return Content.Source.asInputStream(request);
    }

    @Override
    public OutputStream answer(int status, String contentType, long length) {
      response.setStatus(status);
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, length);
      return Content.Sink.asOutputStream(response);
    }
  }
}
