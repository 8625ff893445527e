package apps.jdk.http;

import apps.Upload;

/** A request whose body has gone into a hash. */
final class Request {

  final String method;
  final String path;
  final String query;
  final boolean isHttp10;
  final Upload body = new Upload();
  boolean keepAlive;

  Request(String requestLine) {
    String[] words = requestLine.split(" ");
    if (words.length != 3 || !words[2].startsWith("HTTP/1.")) {
      throw new IllegalArgumentException("no HTTP/1 request line: " + requestLine);
    }
    int mark = words[1].indexOf('?');
    method = words[0];
    path = mark < 0 ? words[1] : words[1].substring(0, mark);
    query = mark < 0 ? "" : words[1].substring(mark + 1);
    isHttp10 = words[2].equals("HTTP/1.0");
    keepAlive = !isHttp10;
  }

  boolean is(String method, String path) {
    return this.method.equals(method) && this.path.equals(path);
  }
}
