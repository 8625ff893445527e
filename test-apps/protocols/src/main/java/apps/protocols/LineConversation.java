package apps.protocols;

import apps.App;
import java.io.IOException;

/**
 * The server speaks first, as in SMTP: a greeting, then an answer to each line; goodbye at last.
 */
final class LineConversation implements Conversation {

  private final App app;
  private final Client client;

  LineConversation(App app, Client client) {
    this.app = app;
    this.client = client;
  }

  @Override
  public Client client() {
    return client;
  }

  @Override
  public void hold() throws IOException {
    say("hello " + app.identity());
    for (String line = RequestHead.line(client.in());
        line != null;
        line = RequestHead.line(client.in())) {
      say(line + " " + app.identity());
    }
  }

  @Override
  public void sayGoodbye() throws IOException {
    say("bye " + app.identity());
  }

  private void say(String line) throws IOException {
    HttpConversation.write(client.out(), line);
  }
}
