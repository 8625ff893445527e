package io.graceful.supervisor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/** The options of the JVM that a command starts: where the agent may stand. */
final class JavaOptions {

  private static final String AGENT = "-javaagent:";

  /** From which the launcher takes options as well (java(1)), files included. */
  private static final String LAUNCHERS_VARIABLE = "JDK_JAVA_OPTIONS";

  /** Those of the JVM (JVMTI). */
  private static final String[] JVMS_VARIABLES = {"JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"};

  /** Whose value is the next word. */
  private static final Set<String> WITH_VALUE =
      Collections.unmodifiableSet(
          new HashSet<>(
              Arrays.asList(
                  "-cp",
                  "-classpath",
                  "--class-path",
                  "-p",
                  "--module-path",
                  "--upgrade-module-path",
                  "--add-modules",
                  "--limit-modules",
                  "--add-exports",
                  "--add-opens",
                  "--add-reads",
                  "--patch-module",
                  "--enable-native-access",
                  "--source")));

  /** Behind which there is the application. */
  private static final Set<String> LAST =
      Collections.unmodifiableSet(new HashSet<>(Arrays.asList("-jar", "-m", "--module")));

  private static final String NO_FILES = "--disable-@files";

  private final List<String> all = new ArrayList<>();
  private boolean readsFiles = true;

  /**
   * @param isJava or else something that starts java, with these words in one way or another
   */
  JavaOptions(List<String> command, boolean isJava, Map<String, String> environment) {
    for (String variable : JVMS_VARIABLES) {
      all.addAll(wordsOf(environment, variable));
    }
    for (String word : wordsOf(environment, LAUNCHERS_VARIABLE)) {
      all.addAll(withFiles(word));
    }
    List<String> arguments = command.subList(1, command.size());
    if (isJava) {
      addUpToApplication(arguments);
    } else {
      for (String word : arguments) {
        all.addAll(withFiles(word));
      }
    }
  }

  private static List<String> wordsOf(Map<String, String> environment, String variable) {
    return Arrays.asList(environment.getOrDefault(variable, "").trim().split("\\s+"));
  }

  private void addUpToApplication(List<String> arguments) {
    boolean isValue = false;
    for (String argument : arguments) {
      for (String word : withFiles(argument)) {
        if (!isValue && (!word.startsWith("-") || LAST.contains(word))) {
          return;
        }
        isValue = !isValue && WITH_VALUE.contains(word);
        all.add(word);
      }
    }
  }

  /** A file in a file is none. */
  private List<String> withFiles(String word) {
    readsFiles &= !word.equals(NO_FILES);
    if (readsFiles && word.startsWith("@") && !word.startsWith("@@")) {
      try {
        return ArgumentFile.read(word.substring(1));
      } catch (IOException | RuntimeException unreadable) {
        return Collections.emptyList(); // The launcher will say so.
      }
    }
    return Collections.singletonList(word);
  }

  /**
   * The options of the agent.
   *
   * @return empty for none, null if there is no agent of ours
   */
  String ofAgent() {
    for (String word : all) {
      if (word.startsWith(AGENT)) {
        String jar = word.substring(AGENT.length());
        int options = jar.indexOf('=');
        if (isOurs(options < 0 ? jar : jar.substring(0, options))) {
          return options < 0 ? "" : jar.substring(options + 1);
        }
      }
    }
    return null;
  }

  private static boolean isOurs(String jar) {
    try (JarFile file = new JarFile(jar)) {
      Manifest manifest = file.getManifest();
      return manifest != null
          && "io.graceful.GracefulAgent"
              .equals(manifest.getMainAttributes().getValue("Premain-Class"));
    } catch (IOException unreadable) {
      return false; // The JVM will say so.
    }
  }
}
