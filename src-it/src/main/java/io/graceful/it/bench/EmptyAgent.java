package io.graceful.it.bench;

/** An agent that does nothing: what a JVM takes for having any agent at all. */
public final class EmptyAgent {
  private EmptyAgent() {}

  public static void premain(String arguments) {}
}
