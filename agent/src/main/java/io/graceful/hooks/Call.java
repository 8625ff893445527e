package io.graceful.hooks;

import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/** A call instruction that was found in a method. */
final class Call {

  private final int opcode;
  final String owner;
  private final String method;
  private final String descriptor;
  private final boolean isInterface;

  Call(int opcode, String owner, String method, String descriptor, boolean isInterface) {
    this.opcode = opcode;
    this.owner = owner;
    this.method = method;
    this.descriptor = descriptor;
    this.isInterface = isInterface;
  }

  boolean isStatic() {
    return opcode == Opcodes.INVOKESTATIC;
  }

  /** As it was. */
  void write(MethodVisitor code) {
    code.visitMethodInsn(opcode, owner, method, descriptor, isInterface);
  }
}
