package io.graceful.hooks;

import static net.bytebuddy.jar.asm.Opcodes.ALOAD;
import static net.bytebuddy.jar.asm.Opcodes.F_SAME;
import static net.bytebuddy.jar.asm.Opcodes.GETFIELD;
import static net.bytebuddy.jar.asm.Opcodes.GOTO;
import static net.bytebuddy.jar.asm.Opcodes.IFNE;
import static net.bytebuddy.jar.asm.Opcodes.ILOAD;
import static net.bytebuddy.jar.asm.Opcodes.INVOKESTATIC;
import static net.bytebuddy.jar.asm.Opcodes.INVOKEVIRTUAL;
import static net.bytebuddy.jar.asm.Opcodes.NOP;
import static net.bytebuddy.jar.asm.Opcodes.POP;
import static net.bytebuddy.jar.asm.Opcodes.POP2;
import static net.bytebuddy.jar.asm.Opcodes.PUTFIELD;

import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;

/** The hooks that every process has: where sockets get their address. */
final class BindHooks {

  /** Every TCP and UDP bind of NIO, NIO.2, and of java.net's sockets from JDK 13 on. */
  static final EntryHook NIO =
      new EntryHook(
          "sun/nio/ch/Net",
          "bind",
          "(Ljava/net/ProtocolFamily;Ljava/io/FileDescriptor;Ljava/net/InetAddress;I)V") {
        @Override
        void question(MethodVisitor code, String owner) {
          code.visitVarInsn(ALOAD, 1);
          code.visitVarInsn(ALOAD, 2);
          code.visitVarInsn(ILOAD, 3);
          callBridge(code, "bind", "(Ljava/lang/Object;Ljava/net/InetAddress;I)Z");
        }
      };

  /** UNIX domain sockets of JDK 16 and later. */
  static final Hook UNIX =
      new EntryHook(
          "sun/nio/ch/UnixDomainSockets",
          "bind",
          "(Ljava/io/FileDescriptor;Ljava/nio/file/Path;)V") {
        @Override
        void question(MethodVisitor code, String owner) {
          code.visitVarInsn(ALOAD, 0);
          code.visitVarInsn(ALOAD, 1);
          callBridge(code, "bindPath", "(Ljava/lang/Object;Ljava/lang/Object;)Z");
        }
      };

  /** java.net's sockets up to JDK 12, and up to 17 with jdk.net.usePlainSocketImpl. */
  static final Hook PLAIN =
      new Hook("java/net/AbstractPlainSocketImpl", "call of socketBind in bind") {
        private static final String BIND = "(Ljava/net/InetAddress;I)V";

        @Override
        boolean isIn(String method, String descriptor) {
          return method.equals("bind") && descriptor.equals(BIND);
        }

        @Override
        boolean replaces(String owner, String method, String descriptor) {
          return method.equals("socketBind") && descriptor.equals(BIND);
        }

        /**
         * Operands: this, address, port, which are also locals 0 to 2. The native method sets
         * localport, so we do.
         */
        @Override
        void replace(MethodVisitor code, Call call) {
          Label ours = new Label();
          Label done = new Label();
          code.visitInsn(POP2);
          code.visitInsn(POP);
          code.visitVarInsn(ALOAD, 0);
          code.visitFieldInsn(GETFIELD, call.owner, "fd", "Ljava/io/FileDescriptor;");
          code.visitVarInsn(ALOAD, 1);
          code.visitVarInsn(ILOAD, 2);
          callBridge(code, "bind", "(Ljava/lang/Object;Ljava/net/InetAddress;I)Z");
          code.visitJumpInsn(IFNE, ours);
          code.visitVarInsn(ALOAD, 0);
          code.visitVarInsn(ALOAD, 1);
          code.visitVarInsn(ILOAD, 2);
          call.write(code);
          code.visitJumpInsn(GOTO, done);
          code.visitLabel(ours);
          code.visitFrame(F_SAME, 0, null, 0, null);
          code.visitVarInsn(ALOAD, 0);
          code.visitVarInsn(ILOAD, 2);
          code.visitFieldInsn(PUTFIELD, call.owner, "localport", "I");
          code.visitLabel(done);
          code.visitFrame(F_SAME, 0, null, 0, null);
          code.visitInsn(NOP);
        }
      };

  /** Netty's native transports (epoll, io_uring), also where the package was moved into another. */
  static final Hook NETTY =
      new EntryHook("*/netty/channel/unix/Socket", "bind", "(Ljava/net/SocketAddress;)V") {
        @Override
        void question(MethodVisitor code, String owner) {
          code.visitVarInsn(ALOAD, 0);
          code.visitMethodInsn(INVOKEVIRTUAL, owner, "intValue", "()I", false);
          code.visitMethodInsn(
              INVOKESTATIC, "java/lang/Integer", "valueOf", "(I)Ljava/lang/Integer;", false);
          code.visitVarInsn(ALOAD, 1);
          callBridge(code, "bind", "(Ljava/lang/Object;Ljava/lang/Object;)Z");
        }
      };

  static final Hook[] ALL = {NIO, UNIX, PLAIN, NETTY};

  private BindHooks() {}
}
