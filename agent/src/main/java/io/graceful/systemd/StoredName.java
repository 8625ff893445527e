package io.graceful.systemd;

/**
 * What systemd calls a descriptor that it keeps for us: FDNAME of sd_notify(3), which comes back in
 * LISTEN_FDNAMES.
 */
public final class StoredName {

  private static final String PREFIX = "graceful.";

  private StoredName() {}

  /** ASCII without control characters and colons. */
  public static String of(String text) {
    return PREFIX + text.replaceAll("[^!-9;-~]", ".");
  }

  public static boolean isOurs(String name) {
    return name.startsWith(PREFIX);
  }
}
