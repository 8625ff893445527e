package apps.protocols;

import apps.App;
import java.io.IOException;

/**
 * HTTP behind a load balancer that says first for whom it speaks: version 1 of the PROXY protocol.
 * A connection that doesn't begin with it is refused.
 */
final class ProxiedConversation extends HttpConversation {

  private int clientPort;

  ProxiedConversation(App app, Client client) {
    super(app, client);
  }

  @Override
  public void hold() throws IOException {
    String line = RequestHead.line(client().in());
    String[] words = line == null ? new String[0] : line.split(" ");
    if (words.length != 6 || !words[0].equals("PROXY")) {
      write(
          client().out(),
          "HTTP/1.1 400 No PROXY\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      return;
    }
    clientPort = Integer.parseInt(words[4]);
    super.hold();
  }

  @Override
  int clientPort() {
    return clientPort;
  }
}
