package io.graceful.hooks;

import java.util.HashSet;
import java.util.Set;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/** Puts hooks into a class file. */
final class HookWriter {

  /** ASM refuses class files newer than it knows, although they rarely hold anything new to it. */
  private static final int NEWEST_KNOWN = Opcodes.V25;

  private static final int MAJOR_VERSION_OFFSET = 6;

  private final Set<Hook> done = new HashSet<>();

  /** The changed class file; {@link #done} tells which hooks found their place. */
  byte[] write(byte[] original, Set<Hook> hooks) {
    int major =
        (original[MAJOR_VERSION_OFFSET] & 0xFF) << 8 | original[MAJOR_VERSION_OFFSET + 1] & 0xFF;
    byte[] readable =
        major > NEWEST_KNOWN ? withMajorVersion(original.clone(), NEWEST_KNOWN) : original;
    ClassReader reader = new ClassReader(readable);
    ClassWriter writer = new ClassWriter(reader, 0);
    reader.accept(new Visitor(writer, hooks), 0);
    return withMajorVersion(writer.toByteArray(), major);
  }

  Set<Hook> done() {
    return done;
  }

  private static byte[] withMajorVersion(byte[] code, int major) {
    code[MAJOR_VERSION_OFFSET] = (byte) (major >> 8);
    code[MAJOR_VERSION_OFFSET + 1] = (byte) major;
    return code;
  }

  private final class Visitor extends ClassVisitor {
    private final Set<Hook> hooks;
    private String owner;

    Visitor(ClassVisitor next, Set<Hook> hooks) {
      super(Opcodes.ASM9, next);
      this.hooks = hooks;
    }

    @Override
    public void visit(
        int version,
        int access,
        String name,
        String signature,
        String superName,
        String[] interfaces) {
      owner = name;
      super.visit(version, access, name, signature, superName, interfaces);
    }

    @Override
    public MethodVisitor visitMethod(
        int access, String name, String descriptor, String signature, String[] exceptions) {
      MethodVisitor code = super.visitMethod(access, name, descriptor, signature, exceptions);
      if ((access & (Opcodes.ACC_ABSTRACT | Opcodes.ACC_NATIVE)) != 0) {
        return code;
      }
      for (Hook hook : hooks) {
        if (hook.isIn(name, descriptor)) {
          code = new Body(code, hook, owner);
        }
      }
      return code;
    }
  }

  private final class Body extends MethodVisitor {
    private final Hook hook;
    private final String owner;

    Body(MethodVisitor next, Hook hook, String owner) {
      super(Opcodes.ASM9, next);
      this.hook = hook;
      this.owner = owner;
    }

    @Override
    public void visitCode() {
      super.visitCode();
      if (hook.enter(mv, owner)) {
        done.add(hook);
      }
    }

    @Override
    public void visitMethodInsn(
        int opcode, String callOwner, String method, String descriptor, boolean isInterface) {
      if (hook.replaces(callOwner, method, descriptor)) {
        hook.replace(mv, new Call(opcode, callOwner, method, descriptor, isInterface));
        done.add(hook);
      } else {
        super.visitMethodInsn(opcode, callOwner, method, descriptor, isInterface);
      }
    }

    @Override
    public void visitMaxs(int maxStack, int maxLocals) {
      super.visitMaxs(Math.max(maxStack + Hook.CALL_STACK, Hook.ENTRY_STACK), maxLocals);
    }
  }
}
