package apps.protocols;

import apps.App;
import java.io.IOException;

/** One connection, from its first byte to its last. */
interface Conversation {

  /** Returns when it is over; the connection is closed then. */
  void hold() throws IOException;

  /** What the server says when it shuts down in the middle; may come from another thread. */
  default void sayGoodbye() throws IOException {}

  Client client();

  /** How a conversation begins. */
  interface Kind {
    Conversation with(App app, Client client);
  }
}
