package io.graceful.os;

import java.util.Collection;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The environment that this process's children get: the C library's, and the copy that Java makes
 * of it at the first look. What the kernel shows in /proc/self/environ stays as it was.
 */
public final class OwnEnvironment {

  private OwnEnvironment() {}

  /**
   * Before the app runs, as other threads must not look at the C library's environment meanwhile
   * (getenv(3)). Needs {@link JavaBase#openToUs}.
   *
   * @param unwanted by its name
   * @throws ReflectiveOperationException if Java's copy is not as expected
   */
  public static void remove(Libc libc, Collection<String> names, Predicate<String> unwanted)
      throws ReflectiveOperationException {
    for (String name : names) {
      if (unwanted.test(name)) {
        try (NativeMemory text = NativeMemory.string(name)) {
          libc.calls.call("unsetenv", text.address);
        }
      }
    }
    // java.lang.ProcessEnvironment: its keys are no strings, but read as such.
    Class<?> environment = Class.forName("java.lang.ProcessEnvironment");
    Map<?, ?> copy = (Map<?, ?>) JavaBase.field(environment, "theEnvironment").get(null);
    copy.keySet().removeIf(key -> unwanted.test(key.toString()));
  }
}
