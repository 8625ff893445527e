package io.graceful.os;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.LastError;
import com.kenai.jffi.Library;
import com.kenai.jffi.Type;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Calls C functions by name with up to six arguments of machine word size (pointers, or integers
 * sign-extended: both ABIs that we support pass them alike). jffi is used bare because the layers
 * above it cost ten times its start-up.
 */
final class NativeCalls {

  private final Library libc = Library.getDefault();
  private final Invoker invoker = Invoker.getInstance();
  private final CallContext[] contexts = new CallContext[7];
  private final ConcurrentHashMap<String, Long> symbols = new ConcurrentHashMap<>();

  NativeCalls() {
    for (int arity = 0; arity < contexts.length; arity++) {
      Type[] words = new Type[arity];
      Arrays.fill(words, Type.SLONG_LONG);
      contexts[arity] =
          CallContext.getCallContext(Type.SLONG_LONG, words, CallingConvention.DEFAULT, true);
    }
  }

  /** The function's result; the C int of it for most callers. */
  long call(String function, long... a) {
    return callAt(address(function), a);
  }

  long callAt(long f, long... a) {
    CallContext context = contexts[a.length];
    switch (a.length) {
      case 0:
        return invoker.invokeN0(context, f);
      case 1:
        return invoker.invokeN1(context, f, a[0]);
      case 2:
        return invoker.invokeN2(context, f, a[0], a[1]);
      case 3:
        return invoker.invokeN3(context, f, a[0], a[1], a[2]);
      case 4:
        return invoker.invokeN4(context, f, a[0], a[1], a[2], a[3]);
      case 5:
        return invoker.invokeN5(context, f, a[0], a[1], a[2], a[3], a[4]);
      default:
        return invoker.invokeN6(context, f, a[0], a[1], a[2], a[3], a[4], a[5]);
    }
  }

  /** As {@link #call}, for functions that return an int below zero and set errno when they fail. */
  int check(String function, long... arguments) throws ErrnoException {
    int result = (int) call(function, arguments);
    if (result < 0) {
      throw new ErrnoException(function, errno());
    }
    return result;
  }

  /** Of this thread's last call. */
  int errno() {
    return LastError.getInstance().get();
  }

  /** For what is called too often to be looked up each time. */
  NativeFunction function(String name, int arity) {
    return new NativeFunction(invoker, contexts[arity], address(name));
  }

  boolean has(String function) {
    return libc.getSymbolAddress(function) != 0;
  }

  long address(String function) {
    Long known = symbols.get(function);
    if (known != null) {
      return known;
    }
    long address = libc.getSymbolAddress(function);
    if (address == 0) {
      throw new UnsatisfiedLinkError("the C library has no function " + function);
    }
    symbols.put(function, address);
    return address;
  }
}
