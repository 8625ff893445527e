package io.graceful.hooks;

import io.graceful.os.JavaBase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.security.ProtectionDomain;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.commons.ClassRemapper;
import net.bytebuddy.jar.asm.commons.SimpleRemapper;

/**
 * Defines {@link Bridge} into java.base. The documented way, a jar on the boot class path, turns
 * off class data sharing for the whole application and prints a warning.
 */
final class BridgeDefiner {

  /** java.lang is exported to everybody, and every class loader asks the boot loader for it. */
  static final String NAME = "java/lang/$GracefulBridge";

  private BridgeDefiner() {}

  static Class<?> define(Instrumentation instrumentation)
      throws ReflectiveOperationException, IOException {
    byte[] code = renamed();
    if (JavaBase.featureVersion() == 8) {
      return defineByUnsafe(code);
    }
    JavaBase.openToUs(instrumentation);
    Class<?> handles = Class.forName("java.lang.invoke.MethodHandles");
    Class<?> lookupType = Class.forName("java.lang.invoke.MethodHandles$Lookup");
    Object ours = handles.getMethod("lookup").invoke(null);
    Object theirs =
        handles
            .getMethod("privateLookupIn", Class.class, lookupType)
            .invoke(null, Object.class, ours);
    return (Class<?>) lookupType.getMethod("defineClass", byte[].class).invoke(theirs, code);
  }

  private static Class<?> defineByUnsafe(byte[] code) throws ReflectiveOperationException {
    Class<?> type = Class.forName("sun.misc.Unsafe");
    Field instance = type.getDeclaredField("theUnsafe");
    instance.setAccessible(true);
    Method define =
        type.getMethod(
            "defineClass",
            String.class,
            byte[].class,
            int.class,
            int.class,
            ClassLoader.class,
            ProtectionDomain.class);
    return (Class<?>) define.invoke(instance.get(null), NAME, code, 0, code.length, null, null);
  }

  private static byte[] renamed() throws IOException {
    String own = Bridge.class.getName().replace('.', '/');
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (InputStream in =
        BridgeDefiner.class.getClassLoader().getResourceAsStream(own + ".class")) {
      byte[] buffer = new byte[4096];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        bytes.write(buffer, 0, n);
      }
    }
    ClassWriter writer = new ClassWriter(0);
    new ClassReader(bytes.toByteArray())
        .accept(new ClassRemapper(writer, new SimpleRemapper(own, NAME)), 0);
    return writer.toByteArray();
  }
}
