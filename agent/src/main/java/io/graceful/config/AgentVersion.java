package io.graceful.config;

/** Which agent this is. */
public final class AgentVersion {

  private AgentVersion() {}

  /** Of the jar; "unknown" when run from class files. */
  public static String text() {
    String version =
        AgentVersion.class.getClassLoader().getClass().getPackage().getImplementationVersion();
    return version == null ? "unknown" : version;
  }
}
