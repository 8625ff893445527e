package io.graceful.hooks;

import static net.bytebuddy.jar.asm.Opcodes.DUP;
import static net.bytebuddy.jar.asm.Opcodes.DUP2_X1;
import static net.bytebuddy.jar.asm.Opcodes.DUP2_X2;
import static net.bytebuddy.jar.asm.Opcodes.DUP_X1;
import static net.bytebuddy.jar.asm.Opcodes.GETFIELD;
import static net.bytebuddy.jar.asm.Opcodes.ICONST_1;
import static net.bytebuddy.jar.asm.Opcodes.POP;
import static net.bytebuddy.jar.asm.Opcodes.SWAP;

import net.bytebuddy.jar.asm.MethodVisitor;

/**
 * Where a TCP connection has just been accepted: hooked only in a successor, which gets connections
 * that way. The call leaves copies of its operands behind, for the {@link Bridge}; so nothing needs
 * to be known of the method around it.
 */
final class AcceptHooks {

  /** ServerSocketChannel. */
  static final CallHook NIO = new NioAccept("sun/nio/ch/ServerSocketChannelImpl");

  /** AsynchronousServerSocketChannel. */
  static final CallHook ASYNCHRONOUS =
      new NioAccept("sun/nio/ch/UnixAsynchronousServerSocketChannelImpl");

  /** ServerSocket, from JDK 13 on. */
  static final CallHook SERVER_SOCKET = new NioAccept("sun/nio/ch/NioSocketImpl");

  /** ServerSocket up to JDK 12, and up to 17 with jdk.net.usePlainSocketImpl. */
  static final CallHook PLAIN =
      new CallHook(
          "java/net/AbstractPlainSocketImpl", null, "socketAccept(Ljava/net/SocketImpl;)V") {

        /** Operands: this, the new socket, whose fields the native method sets. */
        @Override
        void replace(MethodVisitor code, Call call) {
          code.visitInsn(DUP_X1);
          call.write(code);
          code.visitInsn(DUP);
          code.visitFieldInsn(GETFIELD, "java/net/SocketImpl", "fd", "Ljava/io/FileDescriptor;");
          code.visitInsn(SWAP);
          code.visitInsn(ICONST_1);
          callBridge(code, "accepted", "(Ljava/lang/Object;Ljava/lang/Object;I)I");
          code.visitInsn(POP);
        }
      };

  /** Netty's native epoll transport, also where the package was moved into another. */
  static final CallHook NETTY =
      new CallHook("*/netty/channel/unix/Socket", null, "accept(I[B)I") {

        /** Operands: the listener's descriptor, the remote address. Result: a descriptor. */
        @Override
        void replace(MethodVisitor code, Call call) {
          code.visitInsn(DUP_X1);
          call.write(code);
          callBridge(code, "accepted", "(Ljava/lang/Object;I)I");
        }
      };

  static final Hook[] ALL = {NIO, ASYNCHRONOUS, SERVER_SOCKET, PLAIN, NETTY};

  private AcceptHooks() {}

  /** The native method is {@code Net.accept}, and in older JDKs {@code accept0} of each class. */
  private static final class NioAccept extends CallHook {
    private static final String OPERANDS =
        "(Ljava/io/FileDescriptor;Ljava/io/FileDescriptor;[Ljava/net/InetSocketAddress;)I";

    NioAccept(String owner) {
      super(owner, null, "accept" + OPERANDS, "accept0" + OPERANDS);
    }

    /** Older JDKs also have a method {@code accept} in the class itself, around {@code accept0}. */
    @Override
    boolean replaces(String owner, String method, String descriptor) {
      return super.replaces(owner, method, descriptor)
          && (owner.equals("sun/nio/ch/Net") || method.equals("accept0"));
    }

    /**
     * Operands: this if it is not static, the listener, the new descriptor, the remote address.
     * Result: positive if there is a connection.
     */
    @Override
    void replace(MethodVisitor code, Call call) {
      code.visitInsn(call.isStatic() ? DUP2_X1 : DUP2_X2);
      call.write(code);
      callBridge(code, "accepted", "(Ljava/lang/Object;Ljava/lang/Object;I)I");
    }
  }
}
