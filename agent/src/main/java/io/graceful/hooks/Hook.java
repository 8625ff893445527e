package io.graceful.hooks;

import static net.bytebuddy.jar.asm.Opcodes.ALOAD;
import static net.bytebuddy.jar.asm.Opcodes.F_SAME;
import static net.bytebuddy.jar.asm.Opcodes.GETFIELD;
import static net.bytebuddy.jar.asm.Opcodes.GOTO;
import static net.bytebuddy.jar.asm.Opcodes.ICONST_1;
import static net.bytebuddy.jar.asm.Opcodes.IFEQ;
import static net.bytebuddy.jar.asm.Opcodes.ILOAD;
import static net.bytebuddy.jar.asm.Opcodes.INVOKESTATIC;
import static net.bytebuddy.jar.asm.Opcodes.INVOKEVIRTUAL;
import static net.bytebuddy.jar.asm.Opcodes.IRETURN;
import static net.bytebuddy.jar.asm.Opcodes.NOP;
import static net.bytebuddy.jar.asm.Opcodes.POP;
import static net.bytebuddy.jar.asm.Opcodes.POP2;
import static net.bytebuddy.jar.asm.Opcodes.PUTFIELD;
import static net.bytebuddy.jar.asm.Opcodes.RETURN;

import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;

/** The methods that ask the {@link Bridge} first, and the few instructions put into each. */
enum Hook {
  /** Every TCP and UDP bind of NIO, NIO.2, and of java.net's sockets from JDK 13 on. */
  NIO_BIND(
      "sun/nio/ch/Net",
      "bind",
      "(Ljava/net/ProtocolFamily;Ljava/io/FileDescriptor;Ljava/net/InetAddress;I)V") {
    @Override
    void enter(MethodVisitor code, String owner) {
      code.visitVarInsn(ALOAD, 1);
      code.visitVarInsn(ALOAD, 2);
      code.visitVarInsn(ILOAD, 3);
      ask(code, "bind", "(Ljava/lang/Object;Ljava/net/InetAddress;I)Z");
      returnIfTrue(code);
    }
  },

  /** UNIX domain sockets of JDK 16 and later. */
  UNIX_BIND(
      "sun/nio/ch/UnixDomainSockets", "bind", "(Ljava/io/FileDescriptor;Ljava/nio/file/Path;)V") {
    @Override
    void enter(MethodVisitor code, String owner) {
      code.visitVarInsn(ALOAD, 0);
      code.visitVarInsn(ALOAD, 1);
      ask(code, "bindPath", "(Ljava/lang/Object;Ljava/lang/Object;)Z");
      returnIfTrue(code);
    }
  },

  /** java.net's sockets up to JDK 12, and up to 17 with jdk.net.usePlainSocketImpl. */
  PLAIN_BIND("java/net/AbstractPlainSocketImpl", "bind", "(Ljava/net/InetAddress;I)V") {
    @Override
    boolean replaces(String name, String descriptor) {
      return name.equals("socketBind") && descriptor.equals("(Ljava/net/InetAddress;I)V");
    }

    /**
     * Operands: this, address, port, which are also locals 0 to 2. The native method sets
     * localport, so we do.
     */
    @Override
    void replace(MethodVisitor code, String owner) {
      Label ours = new Label();
      Label done = new Label();
      code.visitInsn(POP2);
      code.visitInsn(POP);
      code.visitVarInsn(ALOAD, 0);
      code.visitFieldInsn(GETFIELD, owner, "fd", "Ljava/io/FileDescriptor;");
      code.visitVarInsn(ALOAD, 1);
      code.visitVarInsn(ILOAD, 2);
      ask(code, "bind", "(Ljava/lang/Object;Ljava/net/InetAddress;I)Z");
      code.visitJumpInsn(net.bytebuddy.jar.asm.Opcodes.IFNE, ours);
      code.visitVarInsn(ALOAD, 0);
      code.visitVarInsn(ALOAD, 1);
      code.visitVarInsn(ILOAD, 2);
      code.visitMethodInsn(INVOKEVIRTUAL, owner, "socketBind", "(Ljava/net/InetAddress;I)V", false);
      code.visitJumpInsn(GOTO, done);
      code.visitLabel(ours);
      code.visitFrame(F_SAME, 0, null, 0, null);
      code.visitVarInsn(ALOAD, 0);
      code.visitVarInsn(ILOAD, 2);
      code.visitFieldInsn(PUTFIELD, owner, "localport", "I");
      code.visitLabel(done);
      code.visitFrame(F_SAME, 0, null, 0, null);
      code.visitInsn(NOP);
    }
  },

  /** Netty's native transports (epoll, io_uring), also where the package was moved into another. */
  NETTY_BIND("*/netty/channel/unix/Socket", "bind", "(Ljava/net/SocketAddress;)V") {
    @Override
    void enter(MethodVisitor code, String owner) {
      code.visitVarInsn(ALOAD, 0);
      code.visitMethodInsn(INVOKEVIRTUAL, owner, "intValue", "()I", false);
      code.visitMethodInsn(
          INVOKESTATIC, "java/lang/Integer", "valueOf", "(I)Ljava/lang/Integer;", false);
      code.visitVarInsn(ALOAD, 1);
      ask(code, "bind", "(Ljava/lang/Object;Ljava/lang/Object;)Z");
      returnIfTrue(code);
    }
  },

  /** java.nio.file.Files.delete: hooked only where a UNIX socket is handed over. */
  NIO_DELETE("sun/nio/fs/UnixNativeDispatcher", "unlink", "(Lsun/nio/fs/UnixPath;)V") {
    @Override
    void enter(MethodVisitor code, String owner) {
      code.visitVarInsn(ALOAD, 0);
      ask(code, "keeps", "(Ljava/lang/Object;)Z");
      returnIfTrue(code);
    }
  },

  /** java.io.File.delete: likewise. */
  IO_DELETE("java/io/UnixFileSystem", "delete", "(Ljava/io/File;)Z") {
    @Override
    void enter(MethodVisitor code, String owner) {
      Label notOurs = new Label();
      code.visitVarInsn(ALOAD, 1);
      ask(code, "keeps", "(Ljava/lang/Object;)Z");
      code.visitJumpInsn(IFEQ, notOurs);
      code.visitInsn(ICONST_1);
      code.visitInsn(IRETURN);
      code.visitLabel(notOurs);
      code.visitFrame(F_SAME, 0, null, 0, null);
      code.visitInsn(NOP);
    }
  };

  /** The most that any of these instructions put on the operand stack. */
  static final int STACK = 4;

  private final String slashes;
  private final String dots;
  private final boolean isShaded;
  final String method;
  final String descriptor;

  Hook(String owner, String method, String descriptor) {
    this.isShaded = owner.startsWith("*");
    this.slashes = isShaded ? owner.substring(1) : owner;
    this.dots = slashes.replace('/', '.');
    this.method = method;
    this.descriptor = descriptor;
  }

  /** Instructions at the beginning of the method. */
  void enter(MethodVisitor code, String owner) {}

  /** Whether a call in the method is to be replaced. */
  boolean replaces(String name, String descriptor) {
    return false;
  }

  /** Instructions in place of that call. */
  void replace(MethodVisitor code, String owner) {}

  /**
   * @param className binary, with dots or with slashes
   */
  boolean isIn(String className) {
    if (isShaded) {
      return className.endsWith(slashes) || className.endsWith(dots);
    }
    return className.equals(slashes) || className.equals(dots);
  }

  /** For {@link Class#forName}. */
  String className() {
    return dots;
  }

  private static void ask(MethodVisitor code, String question, String descriptor) {
    code.visitMethodInsn(INVOKESTATIC, BridgeDefiner.NAME, question, descriptor, false);
  }

  /** The no-op keeps this frame apart from one that the method may begin with. */
  private static void returnIfTrue(MethodVisitor code) {
    Label notOurs = new Label();
    code.visitJumpInsn(IFEQ, notOurs);
    code.visitInsn(RETURN);
    code.visitLabel(notOurs);
    code.visitFrame(F_SAME, 0, null, 0, null);
    code.visitInsn(NOP);
  }
}
