package io.graceful.agent;

import java.lang.instrument.Instrumentation;
import java.util.function.BiConsumer;

/** An {@link Installer} for an application that runs already. */
public final class LateInstaller implements BiConsumer<String, Instrumentation> {

  @Override
  public void accept(String arguments, Instrumentation jvm) {
    new Installer(true).accept(arguments, jvm);
  }
}
