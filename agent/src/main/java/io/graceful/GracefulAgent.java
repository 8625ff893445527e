package io.graceful;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.function.BiConsumer;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/**
 * The only class of ours that the application can see: finds its jar, loads everything else from
 * the folder {@code inst/} in it through a class loader of its own (this very class, whose parent
 * is the boot loader), and hands over.
 */
public final class GracefulAgent extends ClassLoader {

  private static final String ROOT = "inst/";

  /** Of a large class, in bytes. */
  private static final int USUAL_SIZE = 32 * 1024;

  /** As in ProcessExit. */
  private static final int CANT_TAKE_OVER = 70;

  private static boolean loaded;

  static {
    registerAsParallelCapable();
  }

  private final File file;
  private final JarFile jar;

  /** Null while a class is read into it. */
  private byte[] buffer;

  private GracefulAgent(File file) throws IOException {
    super(null);
    this.file = file;
    this.jar = new JarFile(file, false);
  }

  /**
   * Called by the JVM before the application's main method. Never throws: a failure of ours must
   * not stop the app.
   */
  public static void premain(String arguments, Instrumentation instrumentation) {
    if (isCommandLine()) {
      return;
    }
    if (loaded) {
      complain(
          "graceful.jar is on the command line twice: the second -javaagent is ignored, remove it");
      return;
    }
    start("io.graceful.agent.Installer", arguments, instrumentation);
  }

  /** Whether this JVM runs {@link #main}: variables such as JAVA_TOOL_OPTIONS reach it as well. */
  private static boolean isCommandLine() {
    String program = System.getProperty("sun.java.command", "") + " ";
    String jar = System.getProperty("java.class.path", "").split(":", 2)[0];
    try {
      return program.startsWith(GracefulAgent.class.getName() + " ")
          || program.startsWith(jar + " ")
              && new File(jar).getCanonicalFile().equals(ownJar().getCanonicalFile());
    } catch (Exception unknown) {
      return false;
    }
  }

  /** Called by the JVM when the agent is loaded while the application runs. Never throws. */
  public static void agentmain(String arguments, Instrumentation instrumentation) {
    if (loaded) {
      complain("the agent is there already: it is not loaded once more");
      return;
    }
    start("io.graceful.agent.LateInstaller", arguments, instrumentation);
  }

  private static void start(String className, String arguments, Instrumentation instrumentation) {
    loaded = true;
    try {
      // Calling it through an interface of the JDK: a reflective call costs 10 ms more on recent
      // JDKs.
      @SuppressWarnings("unchecked")
      BiConsumer<String, Instrumentation> installer =
          (BiConsumer<String, Instrumentation>)
              new GracefulAgent(ownJar())
                  .loadClass(className)
                  .getDeclaredConstructor()
                  .newInstance();
      installer.accept(arguments, instrumentation);
    } catch (Throwable failure) {
      Throwable cause = failure.getCause() == null ? failure : failure.getCause();
      if (isSuccessor()) {
        complain("can't take over: " + cause + "; exiting with " + CANT_TAKE_OVER);
        Runtime.getRuntime().halt(CANT_TAKE_OVER);
      }
      complain(
          "can't start the agent, the application runs without it: "
              + cause
              + "; don't send SIGUSR2: nothing catches it, and the JVM may crash");
    }
  }

  /**
   * Whether another process serves until this one can. The class that else knows so (Lifeline) may
   * be what can't be loaded.
   */
  private static boolean isSuccessor() {
    try {
      String socket = Files.readSymbolicLink(Paths.get("/proc/self/fd/3")).toString();
      String entry = " " + socket.replaceAll("[^0-9]", "") + " @graceful-lifeline-";
      for (String line :
          Files.readAllLines(Paths.get("/proc/net/unix"), StandardCharsets.ISO_8859_1)) {
        if (line.contains(entry)) {
          return true;
        }
      }
    } catch (IOException noSuchDescriptor) {
      // A first generation.
    }
    return false;
  }

  /** {@code java -jar graceful.jar}: the command line. */
  public static void main(String[] arguments) throws Exception {
    new GracefulAgent(ownJar())
        .loadClass("io.graceful.cli.Cli")
        .getMethod("main", String[].class)
        .invoke(null, (Object) arguments);
  }

  private static File ownJar() throws Exception {
    return new File(
        GracefulAgent.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static void complain(String message) {
    System.err.println("graceful: " + message);
  }

  /** Ours before any of the same name that the whole JVM has, such as another Byte Buddy. */
  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> found = findLoadedClass(name);
      if (found == null && entryOf(name) != null) {
        found = findClass(name);
      }
      return found == null ? super.loadClass(name, resolve) : found;
    }
  }

  /** Null for a class that is not ours. */
  private ZipEntry entryOf(String className) {
    return className.startsWith("java.")
        ? null
        : jar.getEntry(ROOT + className.replace('.', '/') + ".class");
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    ZipEntry entry = entryOf(name);
    if (entry == null) {
      throw new ClassNotFoundException(name);
    }
    int size = (int) entry.getSize();
    byte[] bytes = takeBuffer(size);
    try {
      read(entry, bytes, size);
      definePackageOf(name);
      return defineClass(name, bytes, 0, size, GracefulAgent.class.getProtectionDomain());
    } catch (IOException unreadable) {
      throw new ClassNotFoundException(name + " in " + file, unreadable);
    } finally {
      giveBack(bytes);
    }
  }

  private void read(ZipEntry entry, byte[] bytes, int size) throws IOException {
    try (InputStream in = jar.getInputStream(entry)) {
      for (int n = 0, length = 0; n >= 0 && length < size; length += n) {
        n = in.read(bytes, length, size - length);
      }
    }
  }

  /** All classes after each other are read into one buffer: a megabyte less of garbage. */
  private synchronized byte[] takeBuffer(int size) {
    byte[] free = buffer;
    buffer = null;
    return free != null && free.length >= size ? free : new byte[Math.max(size, USUAL_SIZE)];
  }

  private synchronized void giveBack(byte[] bytes) {
    buffer = bytes;
  }

  /** JDK 8 does not do it by itself, and jffi asks for the name of its package. */
  private void definePackageOf(String className) {
    String name = className.substring(0, className.lastIndexOf('.'));
    if (getPackage(name) == null) {
      try {
        definePackage(name, null, null, null, null, null, null, null);
      } catch (IllegalArgumentException definedByAnotherThread) {
        // As good.
      }
    }
  }

  @Override
  public InputStream getResourceAsStream(String name) {
    ZipEntry entry = jar.getEntry(ROOT + name);
    try {
      return entry == null ? null : jar.getInputStream(entry);
    } catch (IOException unreadable) {
      return null;
    }
  }

  @Override
  protected URL findResource(String name) {
    try {
      return jar.getEntry(ROOT + name) == null
          ? null
          : new URL("jar:" + file.toURI() + "!/" + ROOT + name);
    } catch (MalformedURLException impossible) {
      return null;
    }
  }
}
