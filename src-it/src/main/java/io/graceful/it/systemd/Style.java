package io.graceful.it.systemd;

import java.io.IOException;

/** The ways to reload that docs/systemd.md has a whole unit for. */
enum Style {
  /** systemd sends the signal, and waits for the end of the reload. */
  NOTIFY_RELOAD("Type=notify-reload", 253, "Type=notify-reload\nReloadSignal=SIGUSR2\n"),
  /** systemd runs the command, which knows whether it has worked. */
  COMMAND("Type=notify", 252, "Type=notify\nExecReload=/usr/bin/java"),
  /** There is one process for ever. */
  SUPERVISOR("run", 252, "graceful.jar run -- ");

  private final String title;
  private final int since;
  private final String part;

  Style(String title, int since, String part) {
    this.title = title;
    this.since = since;
    this.part = part;
  }

  int since() {
    return since;
  }

  Unit unit(Scene scene) throws IOException {
    return scene.unit("legacy.service", scene.example(part));
  }

  @Override
  public String toString() {
    return title;
  }
}
