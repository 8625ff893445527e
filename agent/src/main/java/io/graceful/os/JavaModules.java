package io.graceful.os;

import java.lang.instrument.Instrumentation;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What needs the module API of JDK 9; so this class, alone, is compiled against a newer JDK, and is
 * loaded on one only. Calling it by reflection would cost recent JDKs 30 ms and 5 MB.
 */
final class JavaModules {

  private JavaModules() {}

  /** Opens packages of java.base to our class loader's module. */
  static void openJavaBase(Instrumentation instrumentation, String... packages) {
    Set<Module> ours = Collections.singleton(JavaModules.class.getModule());
    Map<String, Set<Module>> opens = new HashMap<>();
    for (String name : packages) {
      opens.put(name, ours);
    }
    instrumentation.redefineModule(
        Object.class.getModule(),
        Collections.emptySet(),
        Collections.emptyMap(),
        opens,
        Collections.emptySet(),
        Collections.emptyMap());
  }
}
