package io.graceful.agent;

import io.graceful.control.Message;
import io.graceful.log.Log;
import java.io.File;
import java.io.IOException;
import java.util.Enumeration;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Loads what a restart will need, when the application's start is over: so a restart works after
 * the jar was overwritten in place, when nothing can be read from it any more, and has less to do.
 */
final class Preload implements Runnable {

  private static final String ROOT = "inst/";
  private static final String OURS = ROOT + "io/graceful/";
  private static final String[] NEVER_NEEDED = {OURS + "cli/", OURS + "supervisor/"};
  private static final String CLASS = ".class";

  private final File jar;
  private final boolean control;
  private final Log log;

  /**
   * @param control whether there is a control socket
   */
  Preload(File jar, boolean control, Log log) {
    this.jar = jar;
    this.control = control;
    this.log = log;
  }

  @Override
  public void run() {
    try (JarFile own = new JarFile(jar, false)) {
      for (Enumeration<JarEntry> entries = own.entries(); entries.hasMoreElements(); ) {
        String name = entries.nextElement().getName();
        if (isNeeded(name)) {
          Class.forName(className(name), false, Preload.class.getClassLoader());
        }
      }
      if (control) {
        Message.preload();
      }
      log.debug("ready for restarts");
    } catch (IOException | ClassNotFoundException | LinkageError unreadable) {
      log.error("can't read " + jar + " any more, a restart may fail: " + unreadable);
    }
  }

  private static boolean isNeeded(String entry) {
    for (String never : NEVER_NEEDED) {
      if (entry.startsWith(never)) {
        return false;
      }
    }
    return entry.startsWith(OURS) && entry.endsWith(CLASS);
  }

  private static String className(String entry) {
    return entry.substring(ROOT.length(), entry.length() - CLASS.length()).replace('/', '.');
  }
}
