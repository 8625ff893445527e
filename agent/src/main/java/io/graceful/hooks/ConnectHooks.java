package io.graceful.hooks;

import static net.bytebuddy.jar.asm.Opcodes.DUP;
import static net.bytebuddy.jar.asm.Opcodes.DUP2;
import static net.bytebuddy.jar.asm.Opcodes.POP;

import net.bytebuddy.jar.asm.MethodVisitor;

/**
 * Where the JDK is about to connect over TCP: hooked only when a process that was replaced ends.
 */
final class ConnectHooks {

  /** NIO, NIO.2, and java.net's sockets from JDK 13 on. */
  private static final CallHook NIO =
      new CallHook(
          "sun/nio/ch/Net", null, "connect0(ZLjava/io/FileDescriptor;Ljava/net/InetAddress;I)I") {

        /** Operands: whether IPv6 is preferred, descriptor, address, port. */
        @Override
        void replace(MethodVisitor code, Call call) {
          code.visitInsn(DUP);
          callBridge(code, "connecting", "(I)V");
          call.write(code);
        }
      };

  /** Up to JDK 12, and up to 17 with jdk.net.usePlainSocketImpl. */
  private static final CallHook PLAIN =
      new CallHook(
          "java/net/AbstractPlainSocketImpl", null, "socketConnect(Ljava/net/InetAddress;II)V") {

        /** Operands: this, address, port, timeout. */
        @Override
        void replace(MethodVisitor code, Call call) {
          code.visitInsn(DUP2);
          code.visitInsn(POP);
          callBridge(code, "connecting", "(I)V");
          call.write(code);
        }
      };

  static final Hook[] ALL = {NIO, PLAIN};

  private ConnectHooks() {}
}
