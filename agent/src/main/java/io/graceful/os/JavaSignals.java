package io.graceful.os;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * Signals that HotSpot leaves to Java, through sun.misc.Signal by reflection: the module
 * jdk.unsupported is missing in some trimmed runtimes, and our classes must load there all the
 * same.
 */
public final class JavaSignals {

  private JavaSignals() {}

  /** What was there before us. */
  public interface Previous {
    void handle();
  }

  /**
   * Replaces the handler of a signal.
   *
   * @param name without SIG, e.g. TERM
   * @param handler runs on a thread of the JVM's
   * @return null if the process ignores the signal, as under nohup: it goes on to
   * @throws UnsupportedOperationException if the JVM or the operating system keeps the signal; says
   *     what to do
   */
  public static Previous handle(String name, Runnable handler) {
    try {
      Class<?> signalType = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Object signal = signalType.getConstructor(String.class).newInstance(name);
      InvocationHandler dispatch =
          (proxy, method, arguments) -> {
            switch (method.getName()) {
              case "handle":
                handler.run();
                return null;
              case "hashCode":
                return System.identityHashCode(proxy);
              case "equals":
                return proxy == arguments[0];
              default:
                return "graceful's handler of SIG" + name;
            }
          };
      Object ours =
          Proxy.newProxyInstance(
              JavaSignals.class.getClassLoader(), new Class<?>[] {handlerType}, dispatch);
      Method install = signalType.getMethod("handle", signalType, handlerType);
      Object before = install.invoke(null, signal, ours);
      if (before == handlerType.getField("SIG_IGN").get(null)) {
        install.invoke(null, signal, before);
        return null;
      }
      Method handle = handlerType.getMethod("handle", signalType);
      return () -> {
        try {
          handle.invoke(before, signal);
        } catch (ReflectiveOperationException failed) {
          throw new IllegalStateException("the previous handler of SIG" + name + " failed", failed);
        }
      };
    } catch (ClassNotFoundException trimmed) {
      throw new UnsupportedOperationException(
          "this Java runtime has no module jdk.unsupported: add it", trimmed);
    } catch (ReflectiveOperationException refused) {
      Throwable cause = refused.getCause() == null ? refused : refused.getCause();
      throw new UnsupportedOperationException(cause.getMessage() + " (-Xrs?)", cause);
    }
  }
}
