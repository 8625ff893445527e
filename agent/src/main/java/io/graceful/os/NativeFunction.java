package io.graceful.os;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.Invoker;

/**
 * One C function, looked up once: for a data path, where a look-up and an array per call would
 * show.
 */
final class NativeFunction {

  private final Invoker invoker;
  private final CallContext context;
  private final long address;

  NativeFunction(Invoker invoker, CallContext context, long address) {
    this.invoker = invoker;
    this.context = context;
    this.address = address;
  }

  int call(long a, long b, long c) {
    return (int) invoker.invokeN3(context, address, a, b, c);
  }

  int call(long a, long b, long c, long d) {
    return (int) invoker.invokeN4(context, address, a, b, c, d);
  }
}
