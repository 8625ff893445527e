package io.graceful.hooks;

import static net.bytebuddy.jar.asm.Opcodes.F_SAME;
import static net.bytebuddy.jar.asm.Opcodes.IFEQ;
import static net.bytebuddy.jar.asm.Opcodes.NOP;
import static net.bytebuddy.jar.asm.Opcodes.RETURN;

import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;

/** A question at the beginning of one method: a yes means that there is nothing left to do. */
abstract class EntryHook extends Hook {

  final String method;
  private final String descriptor;

  EntryHook(String owner, String method, String descriptor) {
    super(owner, "method " + method + descriptor);
    this.method = method;
    this.descriptor = descriptor;
  }

  @Override
  final boolean isIn(String name, String type) {
    return method.equals(name) && descriptor.equals(type);
  }

  @Override
  final boolean enter(MethodVisitor code, String owner) {
    question(code, owner);
    Label no = new Label();
    code.visitJumpInsn(IFEQ, no);
    leave(code);
    code.visitLabel(no);
    code.visitFrame(F_SAME, 0, null, 0, null);
    code.visitInsn(NOP); // keeps this frame apart from one that the method may begin with
    return true;
  }

  /** Leaves a boolean on the stack. */
  abstract void question(MethodVisitor code, String owner);

  /** As if the method had done its work. */
  void leave(MethodVisitor code) {
    code.visitInsn(RETURN);
  }
}
