package io.graceful.hooks;

/**
 * A native call that is hooked wherever it stands in a class. Connections move with the help of
 * these; a restart can do without.
 */
abstract class CallHook extends Hook {

  /** Where the call is in other JDKs, which have this class too; or null. */
  final CallHook elsewhere;

  private final String[] calls;

  /**
   * @param calls names and descriptors, any of which will do
   */
  CallHook(String owner, CallHook elsewhere, String... calls) {
    super(owner, "call of " + calls[0].substring(0, calls[0].indexOf('(')));
    this.elsewhere = elsewhere;
    this.calls = calls;
  }

  @Override
  final boolean isVital() {
    return false;
  }

  @Override
  final boolean isIn(String method, String descriptor) {
    return true;
  }

  @Override
  boolean replaces(String owner, String method, String descriptor) {
    for (String call : calls) {
      if (call.startsWith(method) && call.substring(method.length()).equals(descriptor)) {
        return true;
      }
    }
    return false;
  }
}
