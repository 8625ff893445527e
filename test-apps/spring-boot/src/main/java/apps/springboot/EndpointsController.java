package apps.springboot;

import apps.App;
import apps.Download;
import apps.Upload;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The endpoints as Spring MVC has them. */
@RestController
class EndpointsController {

  private final App app;

  EndpointsController(App app) {
    this.app = app;
  }

  @GetMapping(path = "/", produces = MediaType.TEXT_PLAIN_VALUE)
  String identity() {
    return app.identity();
  }

  @GetMapping(path = "/peer", produces = MediaType.TEXT_PLAIN_VALUE)
  String peer(HttpServletRequest request) {
    return app.identityFor(request.getRemotePort(), request.getQueryString());
  }

  @GetMapping(path = "/slow", produces = MediaType.TEXT_PLAIN_VALUE)
  String slow(@RequestParam(name = "ms") long millis) {
    App.sleep(millis);
    return app.identity();
  }

  @PostMapping(path = "/upload", produces = MediaType.TEXT_PLAIN_VALUE)
  String upload(InputStream body) throws IOException {
    return Upload.readFrom(body).receipt();
  }

  @GetMapping("/download")
  void download(
      @RequestParam(name = "bytes") long length,
      @RequestParam(name = "ms", defaultValue = "0") long millis,
      HttpServletResponse response)
      throws IOException {
    response.setContentType(MediaType.APPLICATION_OCTET_STREAM_VALUE);
    response.setContentLengthLong(length);
    new Download(length, millis).writeTo(response.getOutputStream());
  }
}
