package io.graceful.hooks;

import static net.bytebuddy.jar.asm.Opcodes.ALOAD;
import static net.bytebuddy.jar.asm.Opcodes.ICONST_1;
import static net.bytebuddy.jar.asm.Opcodes.IRETURN;

import net.bytebuddy.jar.asm.MethodVisitor;

/** Where files are deleted: hooked only when a UNIX socket is handed over. */
final class DeleteHooks {

  /** java.nio.file.Files.delete. */
  static final Hook NIO =
      new EntryHook("sun/nio/fs/UnixNativeDispatcher", "unlink", "(Lsun/nio/fs/UnixPath;)V") {
        @Override
        void question(MethodVisitor code, String owner) {
          code.visitVarInsn(ALOAD, 0);
          callBridge(code, "keeps", "(Ljava/lang/Object;)Z");
        }
      };

  /** java.io.File.delete. */
  static final Hook IO =
      new EntryHook("java/io/UnixFileSystem", "delete", "(Ljava/io/File;)Z") {
        @Override
        void question(MethodVisitor code, String owner) {
          code.visitVarInsn(ALOAD, 1);
          callBridge(code, "keeps", "(Ljava/lang/Object;)Z");
        }

        @Override
        void leave(MethodVisitor code) {
          code.visitInsn(ICONST_1);
          code.visitInsn(IRETURN);
        }
      };

  static final Hook[] ALL = {NIO, IO};

  private DeleteHooks() {}
}
