package io.graceful.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.commons.ClassRemapper;
import net.bytebuddy.jar.asm.commons.SimpleRemapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HookWriterTest {

  private static final Set<Hook> NETTY = Set.of(BindHooks.NETTY);
  private static final int MAJOR_VERSION_OFFSET = 7;

  private final HookWriter writer = new HookWriter();
  private final List<Object> asked = new ArrayList<>();

  @AfterEach
  void disconnect() {
    Bridge.binder = null;
  }

  @ParameterizedTest
  @MethodSource("hooksOfThisJdk")
  void finds_its_method_in_this_jdk(Hook hook) throws IOException {
    byte[] changed = writer.write(jdkClass(hook), Set.of(hook));

    assertThat(writer.done()).containsExactly(hook);
    assertThat(callsOf(hook, changed)).contains(BridgeDefiner.NAME);
  }

  static Stream<Hook> hooksOfThisJdk() {
    return all().filter(hook -> jdkResource(hook) != null && !isElsewhere(hook));
  }

  private static boolean isElsewhere(Hook hook) {
    CallHook elsewhere = hook instanceof CallHook ? ((CallHook) hook).elsewhere : null;
    return elsewhere != null && jdkResource(elsewhere) != null;
  }

  private static Stream<Hook> all() {
    return Stream.of(BindHooks.ALL, DeleteHooks.ALL, AcceptHooks.ALL, GuardHooks.ALL)
        .flatMap(Stream::of);
  }

  @Test
  void this_jdk_has_the_classes_that_every_jdk_has() {
    assertThat(hooksOfThisJdk())
        .contains(BindHooks.NIO, BindHooks.UNIX, DeleteHooks.NIO, DeleteHooks.IO)
        .contains(AcceptHooks.NIO, AcceptHooks.ASYNCHRONOUS, AcceptHooks.SERVER_SOCKET)
        .doesNotContain(BindHooks.NETTY);
  }

  @ParameterizedTest
  @MethodSource("hooksOfNetty")
  void finds_its_place_in_netty(Hook hook) throws IOException {
    byte[] changed = writer.write(classFile(nettyName(hook)), Set.of(hook));

    assertThat(writer.done()).containsExactly(hook);
    assertThat(callsOf(hook, changed)).contains(BridgeDefiner.NAME);
  }

  static Stream<Hook> hooksOfNetty() {
    return all().filter(hook -> hook.isIn(nettyName(hook)));
  }

  private static String nettyName(Hook hook) {
    return "io" + hook.className();
  }

  /** The bytes of a class can hold several calls; each must be between two of the bridge. */
  @ParameterizedTest
  @MethodSource("guards")
  void every_guarded_call_is_between_entering_and_leaving(CallHook guard) throws IOException {
    byte[] original = jdkResource(guard) == null ? classFile(nettyName(guard)) : jdkClass(guard);
    List<String> calls = new ArrayList<>();

    collectCalls(guard, writer.write(original, Set.of(guard)), calls, true);

    String pattern = "(?:(?!enterGuarded|CALL|leaveGuarded)\\S+ |enterGuarded CALL leaveGuarded )*";
    assertThat(String.join(" ", calls) + " ").contains("CALL").matches(pattern);
  }

  static Stream<Hook> guards() {
    return Stream.concat(hooksOfThisJdk(), hooksOfNetty())
        .filter(hook -> List.of(GuardHooks.ALL).contains(hook));
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        fake.io.netty.channel.unix.Socket.class,
        shaded.io.netty.channel.unix.Socket.class,
      })
  void a_hooked_bind_asks_first_and_goes_on_if_it_is_not_ours(Class<?> fixture) throws Exception {
    SocketAddress ours = new InetSocketAddress("127.0.0.1", 80);
    SocketAddress theirs = new InetSocketAddress("127.0.0.1", 81);
    Bridge.binder =
        (fd, address) -> {
          asked.add(fd);
          asked.add(address);
          return address.equals(ours);
        };
    Object socket = load(writer.write(classFile(fixture), NETTY), fixture.getName());
    Object number = socket.getClass().getMethod("intValue").invoke(socket);

    bind(socket, ours);
    assertThat(bound(socket)).isNull();
    bind(socket, theirs);
    assertThat(bound(socket)).isEqualTo(theirs);
    assertThat(asked).containsExactly(number, ours, number, theirs);
  }

  @Test
  void a_class_file_newer_than_known_keeps_its_version() throws IOException {
    byte[] newer = classFile(fake.io.netty.channel.unix.Socket.class);
    newer[MAJOR_VERSION_OFFSET] = 99;
    byte[] untouched = newer.clone();

    byte[] changed = writer.write(newer, NETTY);

    assertThat(writer.done()).containsExactly(BindHooks.NETTY);
    assertThat(changed[MAJOR_VERSION_OFFSET]).isEqualTo((byte) 99);
    assertThat(newer).as("the JVM's own array").isEqualTo(untouched);
  }

  @Test
  void tells_that_the_method_is_not_there() throws IOException {
    writer.write(classFile(broken.netty.channel.unix.Socket.class), NETTY);

    assertThat(writer.done()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {Opcodes.ACC_NATIVE, Opcodes.ACC_ABSTRACT})
  void a_method_without_code_is_not_there(int access) {
    ClassWriter fixture = new ClassWriter(0);
    fixture.visit(
        Opcodes.V1_8, Opcodes.ACC_ABSTRACT, "x/netty/channel/unix/Socket", null, "x/Y", null);
    fixture.visitMethod(access, "bind", "(Ljava/net/SocketAddress;)V", null, null).visitEnd();

    writer.write(fixture.toByteArray(), NETTY);

    assertThat(writer.done()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "io/netty/channel/unix/Socket",
        "io/grpc/netty/shaded/io/netty/channel/unix/Socket",
        "io.grpc.netty.shaded.io.netty.channel.unix.Socket",
      })
  void nettys_class_is_known_wherever_it_was_moved(String name) {
    assertThat(BindHooks.NETTY.isIn(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "java/net/Socket",
        "io/netty/channel/unix/Socket2",
        "io/netty/channel/unix/SocketTest",
        "io/netty/channel/unix/Socket$Inner",
        "io/netty/channel/epoll/Socket",
        "sun/nio/ch/Net2",
      })
  void other_classes_are_not_hooked(String name) {
    assertThat(all()).noneMatch(hook -> hook.isIn(name));
  }

  /** The owners of the methods that are called where the hook may be. */
  private static List<String> callsOf(Hook hook, byte[] code) {
    List<String> owners = new ArrayList<>();
    collectCalls(hook, code, owners, false);
    return owners;
  }

  private static void collectCalls(Hook hook, byte[] code, List<String> calls, boolean names) {
    MethodVisitor collector =
        new MethodVisitor(Opcodes.ASM9) {
          @Override
          public void visitMethodInsn(
              int opcode, String owner, String name, String type, boolean isInterface) {
            String call = hook.replaces(owner, name, type) ? "CALL" : name;
            calls.add(names ? call : owner);
          }
        };
    new ClassReader(code)
        .accept(
            new ClassVisitor(Opcodes.ASM9) {
              @Override
              public MethodVisitor visitMethod(
                  int access, String name, String type, String signature, String[] exceptions) {
                return hook.isIn(name, type) ? collector : null;
              }
            },
            0);
  }

  /** With the bridge of this class path instead of that in java.base. */
  private static Object load(byte[] code, String name) throws Exception {
    ClassWriter renamed = new ClassWriter(0);
    new ClassReader(code)
        .accept(
            new ClassRemapper(
                renamed,
                new SimpleRemapper(BridgeDefiner.NAME, Bridge.class.getName().replace('.', '/'))),
            0);
    byte[] bytes = renamed.toByteArray();
    return new ClassLoader(HookWriterTest.class.getClassLoader()) {
      Class<?> define() {
        return defineClass(name, bytes, 0, bytes.length);
      }
    }.define().getConstructor().newInstance();
  }

  private static void bind(Object socket, SocketAddress address) throws Exception {
    socket.getClass().getMethod("bind", SocketAddress.class).invoke(socket, address);
  }

  private static Object bound(Object socket) throws Exception {
    return socket.getClass().getField("bound").get(socket);
  }

  private static byte[] classFile(Class<?> type) throws IOException {
    return classFile(type.getName());
  }

  private static byte[] classFile(String type) throws IOException {
    String file = "/" + type.replace('.', '/') + ".class";
    try (InputStream in = HookWriterTest.class.getResourceAsStream(file)) {
      return in.readAllBytes();
    }
  }

  private static byte[] jdkClass(Hook hook) throws IOException {
    try (InputStream in = jdkResource(hook)) {
      return in.readAllBytes();
    }
  }

  private static InputStream jdkResource(Hook hook) {
    try {
      return Object.class
          .getModule()
          .getResourceAsStream(hook.className().replace('.', '/') + ".class");
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
