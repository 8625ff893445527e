package io.graceful.it.demo;

import io.graceful.it.app.Server;
import io.graceful.it.load.Failure;
import io.graceful.it.load.Load;
import io.graceful.it.load.Traffic;
import java.util.List;
import java.util.Locale;

/** What the demo does, in figures and in words. */
final class Plan {
  static final int RESTARTS = 3;
  static final int EXPECTED_MILLIS = 32_000;
  static final int BEFORE_FIRST_MILLIS = 2_000;
  static final int BETWEEN_MILLIS = 1_000;
  static final int IDLE_CLIENTS = 8;

  private Plan() {}

  static Load start(Server server) {
    return server
        .load()
        .connectionPerRequest(200)
        .slow(6, 400)
        .uploads(4, 300_000, 800)
        .downloads(4, 600_000, 800)
        .start();
  }

  static List<String> description() {
    return List.of(
        "  Load: 200 requests a second, each on a connection of its own; at any time 6 slow",
        "  requests, 4 uploads and 4 downloads in progress; 8 idle keep-alive connections.",
        "  Every request is sent once; one that fails is counted, not repeated.");
  }

  static String name(Traffic kind) {
    return switch (kind) {
      case CONNECTION_PER_REQUEST -> "each on a new connection";
      case KEEP_ALIVE, BLIND_KEEP_ALIVE -> "keep-alive, busy";
      case SLOW -> "slow, 0.4 s each";
      case UPLOAD -> "uploads, 0.8 s each";
      case DOWNLOAD -> "downloads, 0.8 s each";
    };
  }

  static String name(Failure failure) {
    return failure.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
