package apps.jetty9;

import apps.Endpoints;
import apps.Exchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.handler.AbstractHandler;

/** The endpoints as a Jetty handler. */
final class EndpointsHandler extends AbstractHandler {

  private final Endpoints endpoints;

  EndpointsHandler(Endpoints endpoints) {
    this.endpoints = endpoints;
  }

  @Override
  public void handle(
      String target, Request base, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    base.setHandled(true);
    endpoints.serve(new ServletExchange(request, response));
  }

  private static final class ServletExchange implements Exchange {

    private final HttpServletRequest request;
    private final HttpServletResponse response;

    ServletExchange(HttpServletRequest request, HttpServletResponse response) {
      this.request = request;
      this.response = response;
    }

    @Override
    public String method() {
      return request.getMethod();
    }

    @Override
    public String path() {
      return request.getRequestURI();
    }

    @Override
    public String query() {
      return request.getQueryString();
    }

    @Override
    public int peerPort() {
      return request.getRemotePort();
    }

    @Override
    public InputStream body() throws IOException {
      return request.getInputStream();
    }

    @Override
    public OutputStream answer(int status, String contentType, long length) throws IOException {
      response.setStatus(status);
      response.setContentType(contentType);
      response.setContentLengthLong(length);
      return response.getOutputStream();
    }
  }
}
