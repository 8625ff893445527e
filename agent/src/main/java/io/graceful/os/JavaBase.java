package io.graceful.os;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.Field;
import java.lang.reflect.Method;

/**
 * Opens the packages of java.base that we reach into, to our own class loader's module and to
 * nobody else (JDK 9+).
 */
public final class JavaBase {

  private static final String[] PACKAGES = {
    "java.lang", "java.io", "java.net", "sun.nio.ch", "jdk.internal.module"
  };

  private static boolean opened;

  private JavaBase() {}

  /** Does nothing on JDK 8, which has no modules. */
  public static synchronized void openToUs(Instrumentation instrumentation) {
    if (opened || featureVersion() == 8) {
      return;
    }
    opened = true;
    JavaModules.openJavaBase(instrumentation, PACKAGES);
  }

  /** 8, 11, 17, 25 and so on. */
  public static int featureVersion() {
    String version = System.getProperty("java.specification.version");
    return Integer.parseInt(version.startsWith("1.") ? version.substring(2) : version);
  }

  /** A private field of a class of java.base, readable by us. */
  public static Field field(Class<?> owner, String name) throws NoSuchFieldException {
    Field field = owner.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }

  /** A private method of a class of java.base, callable by us. */
  public static Method method(Class<?> owner, String name, Class<?>... parameters)
      throws NoSuchMethodException {
    Method method = owner.getDeclaredMethod(name, parameters);
    method.setAccessible(true);
    return method;
  }
}
