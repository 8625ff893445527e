package io.graceful.it.jvm;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/** A Java agent of one class, for tests of what other agents do. */
public final class AgentJar {
  private AgentJar() {}

  /**
   * @param agent with a premain method, and without any other class that it needs
   */
  public static Path write(Class<?> agent, Path jar) throws IOException {
    return write(agent, jar, false);
  }

  /**
   * @param changesClasses whether the JVM has to be prepared for that, as it is for most real ones
   */
  public static Path write(Class<?> agent, Path jar, boolean changesClasses) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Premain-Class", agent.getName());
    manifest
        .getMainAttributes()
        .putValue("Can-Retransform-Classes", String.valueOf(changesClasses));
    String entry = agent.getName().replace('.', '/') + ".class";
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest);
        InputStream in = agent.getClassLoader().getResourceAsStream(entry)) {
      out.putNextEntry(new ZipEntry(entry));
      in.transferTo(out);
      out.closeEntry();
    }
    return jar;
  }
}
