package io.graceful.it.faults;

import io.graceful.it.app.App;
import io.graceful.it.app.Apps;
import io.graceful.it.app.Launch;
import io.graceful.it.jvm.Check;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;

/** A new release of the application is put in place; the new process must run that one. */
final class ApplicationJarFaults {
  private static final String GROUP = "application";

  private ApplicationJarFaults() {}

  static List<Fault> all() {
    return List.of(
        new Fault(GROUP, "its jar is replaced by mv", ApplicationJarFaults::moved),
        new Fault(GROUP, "its jar is overwritten in place", ApplicationJarFaults::overwritten),
        new Fault(
            GROUP, "its jar is behind a symlink that is switched", ApplicationJarFaults::switched));
  }

  private static void moved(Scene scene) throws Exception {
    Path jar = jar(scene.directory().resolve("app"));
    release(jar, 1);
    scene.start(launch(scene));
    Path next = release(jar.resolveSibling("next.jar"), 2);
    Files.move(next, jar, StandardCopyOption.ATOMIC_MOVE);
    restartsWith(scene, "1", "2");
  }

  /** The old JVM must not need it any more; classes that it has not loaded are lost to it. */
  private static void overwritten(Scene scene) throws Exception {
    Path jar = jar(scene.directory().resolve("app"));
    release(jar, 1);
    scene.start(launch(scene));
    Files.write(jar, Files.readAllBytes(release(jar.resolveSibling("next.jar"), 2)));
    restartsWith(scene, "1", "2");
  }

  private static void switched(Scene scene) throws Exception {
    Path releases = scene.directory().resolve("releases");
    release(jar(releases.resolve("1")), 1);
    release(jar(releases.resolve("2")), 2);
    Path current = scene.directory().resolve("app");
    Files.createSymbolicLink(current, releases.resolve("1").toAbsolutePath());
    scene.start(launch(scene));
    Path next =
        Files.createSymbolicLink(
            scene.directory().resolve("next"), releases.resolve("2").toAbsolutePath());
    Files.move(next, current, StandardCopyOption.ATOMIC_MOVE);
    restartsWith(scene, "1", "2");
  }

  private static void restartsWith(Scene scene, String first, String second) throws Exception {
    scene.restartSucceeds();
    Path releases = scene.server().state("releases");
    Check.same("releases", Files.readAllLines(releases), List.of(first, second));
    scene.nextRestartSucceeds();
    Check.same("releases", Files.readAllLines(releases), List.of(first, second, second));
  }

  private static Launch launch(Scene scene) {
    String module = scene.directory().resolve("app").toAbsolutePath().toString();
    return scene.launch(App.http("released", module, 8, "httpserver"));
  }

  /** Beside the libraries. */
  private static Path jar(Path module) throws IOException {
    Path target = Files.createDirectories(module.resolve("target"));
    Path libraries = Apps.HTTPSERVER.jar().resolveSibling("lib");
    Files.createSymbolicLink(target.resolve("lib"), libraries);
    return target.resolve("app.jar");
  }

  /** The application, with a number that it tells when it starts. */
  private static Path release(Path jar, int number) throws IOException {
    try (JarFile in = new JarFile(Apps.HTTPSERVER.jar().toFile());
        JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (Enumeration<JarEntry> entries = in.entries(); entries.hasMoreElements(); ) {
        JarEntry entry = entries.nextElement();
        out.putNextEntry(new ZipEntry(entry.getName()));
        try (InputStream content = in.getInputStream(entry)) {
          content.transferTo(out);
        }
        out.closeEntry();
      }
      out.putNextEntry(new ZipEntry("release"));
      out.write((number + "\n").getBytes(StandardCharsets.US_ASCII));
      out.closeEntry();
    }
    return jar;
  }
}
