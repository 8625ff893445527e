package io.graceful.it.systemd;

import java.util.ArrayList;
import java.util.List;

/** All that is tried. */
final class Cases {
  private Cases() {}

  static List<Case> all() {
    List<Case> all = new ArrayList<>();
    for (Style style : List.of(Style.NOTIFY_RELOAD, Style.COMMAND)) {
      all.addAll(UnitCases.of(style));
    }
    all.addAll(CrashCases.all());
    all.addAll(SocketCases.all());
    all.addAll(SupervisorCases.all());
    all.addAll(PlaceCases.all());
    return all;
  }
}
