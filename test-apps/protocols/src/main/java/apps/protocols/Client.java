package apps.protocols;

import java.io.Closeable;
import java.io.InputStream;
import java.io.OutputStream;

/** Whoever is at the other end of a connection. */
interface Client extends Closeable {

  InputStream in();

  OutputStream out();

  int port();
}
