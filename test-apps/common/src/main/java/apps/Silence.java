package apps;

import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/** Keeps libraries, and the JVM because of them, from printing. */
public final class Silence {

  /** Kept here because the log manager holds its loggers weakly. */
  private static final Logger ROOT = Logger.getLogger("");

  private Silence() {}

  /** Turns java.util.logging off. */
  public static void keep() {
    LogManager.getLogManager().reset();
    ROOT.setLevel(Level.OFF);
  }

  /**
   * Makes Netty do without sun.misc.Unsafe on JDK 24 and later, which warn of its use.
   *
   * @param property Netty's switch for that, which has another name in a shaded Netty
   */
  public static void keepNettyOffUnsafe(String property) {
    if (Double.parseDouble(System.getProperty("java.specification.version")) >= 24) {
      System.setProperty(property, "true");
    }
  }
}
