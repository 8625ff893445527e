package apps.tomcat;

import apps.Endpoints;
import apps.Exchange;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The endpoints as a servlet. */
final class EndpointsServlet extends HttpServlet {

  private final transient Endpoints endpoints;

  EndpointsServlet(Endpoints endpoints) {
    this.endpoints = endpoints;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
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
