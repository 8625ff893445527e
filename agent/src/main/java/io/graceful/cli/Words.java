package io.graceful.cli;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** Numbers as people read them. */
final class Words {

  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  private Words() {}

  /** Its two largest units: {@code 2 h 5 min}. */
  static String duration(long millis) {
    long seconds = Math.max(0, millis) / 1000;
    long minutes = seconds / 60;
    long hours = minutes / 60;
    long days = hours / 24;
    if (days > 0) {
      return days + " d " + hours % 24 + " h";
    }
    if (hours > 0) {
      return hours + " h " + minutes % 60 + " min";
    }
    return minutes > 0 ? minutes + " min " + seconds % 60 + " s" : seconds + " s";
  }

  /**
   * @param millis after 1970 (UTC)
   * @return in this machine's time zone
   */
  static String moment(long millis) {
    return MOMENT.format(Instant.ofEpochMilli(millis).atZone(ZoneId.systemDefault()));
  }

  /** What another process says may not command the terminal. */
  static String printable(String text) {
    return text.replace("\t", "    ").replaceAll("[\\p{Cntrl}\u0080-\u009f]", "?");
  }
}
