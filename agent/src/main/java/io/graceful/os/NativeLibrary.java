package io.graceful.os;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Loads jffi's native library for our class loader. jffi's own loader would first look into the
 * application's class path, and gives up when the temporary directory can't hold a library
 * (read-only, full, noexec).
 */
final class NativeLibrary {

  private static final String UNSAFE_SWITCH = "jffi.unsafe.disabled";

  private NativeLibrary() {}

  /**
   * @param nearby a directory to try last, e.g. the one that holds our jar
   * @throws IOException if no directory will do; the message names each with its reason
   */
  static void load(Arch arch, File nearby) throws IOException {
    allowNativeAccess();
    String resource = "jni/" + arch.nativeFolder + "/libjffi-1.2.so";
    List<String> failures = new ArrayList<>();
    for (String directory : candidates(nearby)) {
      try {
        loadFrom(Paths.get(directory), resource);
        keepOffUnsafe();
        return;
      } catch (IOException | UnsatisfiedLinkError failure) {
        failures.add(directory + " (" + reason(failure) + ")");
      }
    }
    throw new IOException(
        "no directory to load a native library from: tried "
            + String.join(", ", failures)
            + "; make one of them writable and mounted without noexec, or set -Djava.io.tmpdir=DIR");
  }

  private static Set<String> candidates(File nearby) {
    Set<String> directories = new LinkedHashSet<>();
    directories.add(System.getProperty("java.io.tmpdir"));
    String runtime = System.getenv("XDG_RUNTIME_DIR");
    if (runtime != null && !runtime.isEmpty()) {
      directories.add(runtime);
    }
    directories.add("/var/tmp");
    directories.add("/dev/shm");
    directories.add(nearby.getPath());
    return directories;
  }

  private static void loadFrom(Path directory, String resource) throws IOException {
    // Not createTempFile, which starts the JVM's security providers.
    String name = "graceful-" + ProcFs.pid() + "-" + Long.toHexString(System.nanoTime()) + ".so";
    File copy = directory.resolve(name).toFile();
    DelayedExit exit = DelayedExit.begin();
    try (InputStream in = NativeLibrary.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException(resource + " is not in the jar");
      }
      create(copy);
      write(in, copy);
      System.load(copy.getAbsolutePath());
    } finally {
      copy.delete();
      exit.end();
    }
  }

  static void create(File copy) throws IOException {
    // Nobody else may write what is about to be loaded, whatever the umask.
    Files.createFile(
        copy.toPath(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  private static void write(InputStream in, File copy) throws IOException {
    try (OutputStream out = new FileOutputStream(copy)) {
      byte[] buffer = new byte[16 * 1024];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
      }
    }
  }

  private static String reason(Throwable failure) {
    if (failure instanceof AccessDeniedException) {
      return "Permission denied";
    }
    if (failure instanceof NoSuchFileException) {
      return "No such file or directory";
    }
    String message =
        failure instanceof FileSystemException
            ? ((FileSystemException) failure).getReason()
            : failure.getMessage();
    if (message == null) {
      return failure.toString();
    }
    return message.contains("failed to map segment") ? "noexec?" : message;
  }

  /** From JDK 24 on (JEP 472). */
  static boolean mustBeAllowed() {
    return JavaBase.featureVersion() >= 24;
  }

  private static void keepOffUnsafe() {
    // sun.misc.Unsafe's memory methods warn on JDK 24+ (JEP 498); jffi reads the switch once, the
    // app never sees it.
    String before = System.getProperty(UNSAFE_SWITCH);
    System.setProperty(UNSAFE_SWITCH, "true");
    try {
      com.kenai.jffi.MemoryIO.getInstance();
    } finally {
      if (before == null) {
        System.clearProperty(UNSAFE_SWITCH);
      } else {
        System.setProperty(UNSAFE_SWITCH, before);
      }
    }
  }

  /**
   * JDK 24+ warns at the first native method of an unnamed module unless it was allowed (JEP 472).
   * An operator who denies native access is obeyed.
   */
  private static void allowNativeAccess() throws IOException {
    if (!mustBeAllowed()) {
      return;
    }
    try {
      Class<?> module = Class.forName("java.lang.Module");
      Class<?> bootstrap = Class.forName("jdk.internal.module.ModuleBootstrap");
      boolean denied =
          "DENY".equals(JavaBase.field(bootstrap, "ILLEGAL_NATIVE_ACCESS").get(null).toString());
      // Not what the application's manifest allows: that comes too late for a successor.
      Collection<?> allowed =
          (Collection<?>) JavaBase.field(bootstrap, "USER_NATIVE_ACCESS_MODULES").get(null);
      if (denied && !allowed.contains("ALL-UNNAMED")) {
        throw new IOException(
            "native access is denied (--illegal-native-access=deny): add"
                + " --enable-native-access=ALL-UNNAMED");
      }
      JavaBase.method(module, "implAddEnableNativeAccessToAllUnnamed").invoke(null);
    } catch (ReflectiveOperationException changed) {
      throw new IOException(
          "can't allow native access on this JDK: add --enable-native-access=ALL-UNNAMED", changed);
    }
  }
}
