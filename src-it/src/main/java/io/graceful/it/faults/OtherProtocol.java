package io.graceful.it.faults;

import io.graceful.it.jvm.Check;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/**
 * The agent as one of another release would be, whose lifeline protocol has another version: it
 * says, and expects, 2 where the agent under test says 1.
 */
final class OtherProtocol {
  /** Where the version is written and compared; the compiler has put the constant into the code. */
  private static final String FRAMES = "inst/io/graceful/handover/Frame.class";

  private OtherProtocol() {}

  static Path of(Path agent, Path other) throws IOException {
    try (JarFile in = new JarFile(agent.toFile());
        JarOutputStream out = new JarOutputStream(Files.newOutputStream(other))) {
      for (Enumeration<JarEntry> entries = in.entries(); entries.hasMoreElements(); ) {
        JarEntry entry = entries.nextElement();
        out.putNextEntry(new ZipEntry(entry.getName()));
        try (InputStream content = in.getInputStream(entry)) {
          byte[] bytes = content.readAllBytes();
          out.write(entry.getName().equals(FRAMES) ? withVersion2(bytes) : bytes);
        }
        out.closeEntry();
      }
    }
    return other;
  }

  private static byte[] withVersion2(byte[] frames) {
    ClassWriter writer = new ClassWriter(0);
    int[] changed = {0};
    new ClassReader(frames)
        .accept(
            new ClassVisitor(Opcodes.ASM9, writer) {
              @Override
              public MethodVisitor visitMethod(
                  int access, String name, String type, String signature, String[] thrown) {
                MethodVisitor code = super.visitMethod(access, name, type, signature, thrown);
                boolean versioned = name.equals("encode") || name.equals("decode");
                return versioned ? new Constants(code, changed) : code;
              }
            },
            0);
    Check.same("places where frames have a version", changed[0], 2);
    return writer.toByteArray();
  }

  /** Makes the first 1 of a method a 2. */
  private static final class Constants extends MethodVisitor {
    private final int[] changed;
    private boolean found;

    Constants(MethodVisitor code, int[] changed) {
      super(Opcodes.ASM9, code);
      this.changed = changed;
    }

    @Override
    public void visitInsn(int opcode) {
      boolean first = opcode == Opcodes.ICONST_1 && !found;
      if (first) {
        found = true;
        changed[0]++;
      }
      super.visitInsn(first ? Opcodes.ICONST_2 : opcode);
    }
  }
}
