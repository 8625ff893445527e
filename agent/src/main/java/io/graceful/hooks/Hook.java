package io.graceful.hooks;

import static net.bytebuddy.jar.asm.Opcodes.INVOKESTATIC;

import net.bytebuddy.jar.asm.MethodVisitor;

/** A place where the code of others calls the {@link Bridge}, and the few instructions for it. */
abstract class Hook {

  /** The most that {@link #enter} puts on the operand stack, which is empty then. */
  static final int ENTRY_STACK = 4;

  /** The most that {@link #replace} puts on the operand stack, on top of what the call needed. */
  static final int CALL_STACK = 2;

  private final String slashes;
  private final String dots;
  private final boolean isShaded;
  private final String place;

  /**
   * @param owner binary name with slashes; after a star it is the end of names
   * @param place in words, for whoever misses it
   */
  Hook(String owner, String place) {
    this.isShaded = owner.startsWith("*");
    this.slashes = isShaded ? owner.substring(1) : owner;
    this.dots = slashes.replace('/', '.');
    this.place = place;
  }

  /**
   * @param className binary, with dots or with slashes
   */
  boolean isIn(String className) {
    if (isShaded) {
      return className.endsWith(slashes) || className.endsWith(dots);
    }
    return className.equals(slashes) || className.equals(dots);
  }

  /** Whether there can't be a restart without it. */
  boolean isVital() {
    return true;
  }

  /** For {@link Class#forName}. */
  String className() {
    return dots;
  }

  /** Whether a method of the class may have to be changed. */
  abstract boolean isIn(String method, String descriptor);

  /**
   * Writes instructions at the beginning of the method.
   *
   * @return false if there are none: the hook is in a call
   */
  boolean enter(MethodVisitor code, String owner) {
    return false;
  }

  /** Whether a call in the method is to be replaced. */
  boolean replaces(String owner, String method, String descriptor) {
    return false;
  }

  /** Writes instructions in place of that call. */
  void replace(MethodVisitor code, Call call) {}

  @Override
  public String toString() {
    return place;
  }

  static void callBridge(MethodVisitor code, String method, String descriptor) {
    code.visitMethodInsn(INVOKESTATIC, BridgeDefiner.NAME, method, descriptor, false);
  }
}
