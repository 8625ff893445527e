package apps;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A request and its answer in a server that lends each request a thread. */
public interface Exchange {

  String method();

  String path();

  /** The undecoded query, or null. */
  String query();

  /** The client's port. */
  int peerPort();

  InputStream body() throws IOException;

  /** Sends the head of the answer; a stream for its body, which the caller closes. */
  OutputStream answer(int status, String contentType, long length) throws IOException;
}
