package apps.protocols;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** All that are going on; each ends in good order when the server shuts down. */
final class Conversations {

  private final Set<Conversation> current = ConcurrentHashMap.newKeySet();

  void begin(Conversation conversation) {
    current.add(conversation);
    new Thread(() -> hold(conversation)).start();
  }

  void endAll() {
    for (Conversation conversation : current) {
      try {
        conversation.sayGoodbye();
        conversation.client().close();
      } catch (IOException e) {
        // It has just ended by itself.
      }
    }
  }

  private void hold(Conversation conversation) {
    try (Client closing = conversation.client()) {
      conversation.hold();
    } catch (IOException e) {
      // The client went away: nobody to tell.
    } finally {
      current.remove(conversation);
    }
  }
}
