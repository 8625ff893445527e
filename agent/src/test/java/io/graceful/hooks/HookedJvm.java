package io.graceful.hooks;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.kenai.jffi.Function;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import io.netty.resolver.NameResolver;
import io.netty.util.Version;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.bytebuddy.jar.asm.ClassReader;

/**
 * A program in a JVM of its own, which verifies even its own classes; the program's premain is the
 * agent.
 */
final class HookedJvm {

  private HookedJvm() {}

  /** What it prints until it ends, standard error included. */
  static String run(Jdk jdk, Path scratch, Class<?> program, List<String> flags, String argument)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(jdk.java().toString());
    command.add("-XX:+UnlockDiagnosticVMOptions");
    command.add("-XX:+BytecodeVerificationLocal");
    command.addAll(flags);
    command.add("-javaagent:" + agentJar(scratch, program));
    command.add("-cp");
    command.add(classPath());
    command.add(program.getName());
    command.add(argument);
    Path output = Files.createTempFile(scratch, "output", ".txt");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.directory(scratch.toFile()).redirectOutput(output.toFile());
    // Or the JVM announces what it has picked up from there.
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    Process process = builder.start();
    try {
      assertThat(process.waitFor(60, SECONDS))
          .as("ends in time, after: %s", Files.readString(output))
          .isTrue();
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(output, StandardCharsets.UTF_8);
  }

  private static Path agentJar(Path scratch, Class<?> program) throws Exception {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Premain-Class", program.getName());
    manifest.getMainAttributes().putValue("Can-Retransform-Classes", "true");
    Path jar = Files.createTempFile(scratch, "agent", ".jar");
    try (OutputStream out = Files.newOutputStream(jar)) {
      new JarOutputStream(out, manifest).close();
    }
    return jar;
  }

  private static String classPath() {
    Stream<URL> code =
        Stream.of(
                Hooks.class, // before jffi, of which it has a class of its own
                HookedJvm.class,
                ClassReader.class,
                Function.class,
                Version.class,
                ByteBuf.class,
                NameResolver.class,
                Channel.class,
                Socket.class,
                Epoll.class)
            .map(type -> type.getProtectionDomain().getCodeSource().getLocation());
    Stream<URL> natives =
        Stream.of(
                "jni/x86_64-Linux/libjffi-1.2.so",
                "META-INF/native/libnetty_transport_native_epoll_x86_64.so",
                "META-INF/native/libnetty_transport_native_epoll_aarch_64.so")
            .map(HookedJvm::jarOf);
    return Stream.concat(code, natives)
        .map(URL::getPath)
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static URL jarOf(String resource) {
    try {
      URL inside = HookedJvm.class.getClassLoader().getResource(resource);
      return ((JarURLConnection) inside.openConnection()).getJarFileURL();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
