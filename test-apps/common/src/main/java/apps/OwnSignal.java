package apps;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicReference;

/** {@code sun.misc.Signal}, which compilers hide. */
final class OwnSignal {

  private OwnSignal() {}

  /**
   * @param signal such as TERM
   * @param handsOn whether the handler that was there before is called too
   */
  static void handle(String signal, boolean handsOn, Runnable action) {
    try {
      Class<?> type = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Method previousHandle = handlerType.getMethod("handle", type);
      AtomicReference<Object> previous = new AtomicReference<>();
      Object handler =
          Proxy.newProxyInstance(
              OwnSignal.class.getClassLoader(),
              new Class<?>[] {handlerType},
              (proxy, method, arguments) -> {
                action.run();
                return handsOn ? previousHandle.invoke(previous.get(), arguments) : null;
              });
      previous.set(
          type.getMethod("handle", type, handlerType)
              .invoke(null, type.getConstructor(String.class).newInstance(signal), handler));
    } catch (ReflectiveOperationException refused) {
      throw new IllegalStateException("can't handle SIG" + signal, refused);
    }
  }
}
