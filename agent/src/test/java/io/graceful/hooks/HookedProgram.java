package io.graceful.hooks;

import java.io.File;
import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Runs in a JVM of its own, with the hooks in its real classes, and prints what they did. */
public final class HookedProgram {

  /** A request for this port is answered by the hook; there is no bind. */
  private static final int OURS = 1;

  private static Hooks hooks;
  private static Instrumentation jvm;

  private HookedProgram() {}

  public static void premain(String arguments, Instrumentation instrumentation) throws Exception {
    jvm = instrumentation;
    hooks =
        new Hooks(
            instrumentation,
            HookedProgram::asked,
            new Hooks.Observer() {
              @Override
              public void onHooked() {
                print("hooked");
              }

              @Override
              public void onHookProblem(String problem) {
                print("problem: " + problem);
              }
            });
    hooks.install();
    hooks.changeLoaded();
  }

  private static boolean asked(Object fd, Object address) {
    String type = fd instanceof FileDescriptor ? "FileDescriptor" : String.valueOf(fd);
    print("asked: " + type + " " + String.valueOf(address).replaceAll("^.*/", ""));
    return address instanceof InetSocketAddress && ((InetSocketAddress) address).getPort() == OURS;
  }

  private static void print(String line) {
    System.out.println(line);
  }

  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    SocketAddress any = new InetSocketAddress(loopback, 0);
    SocketAddress ours = new InetSocketAddress(loopback, OURS);
    print("# ServerSocketChannel");
    ServerSocketChannel.open().bind(any).close();
    print("# ServerSocket");
    new ServerSocket(0, 1, loopback).close();
    print("# AsynchronousServerSocketChannel");
    AsynchronousServerSocketChannel.open().bind(any).close();
    print("# DatagramChannel");
    DatagramChannel.open().bind(any).close();
    print("# UNIX");
    Path path = directory.resolve("app.sock");
    ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(path))
        .close();
    print("# ours");
    ServerSocketChannel adopted = ServerSocketChannel.open().bind(ours);
    print("bound to port 1: " + (adopted.socket().getLocalPort() == OURS));
    print("# ours with a ServerSocket");
    try (ServerSocket socket = new ServerSocket(OURS, 1, loopback)) {
      print("says port: " + socket.getLocalPort());
    } catch (SocketException notBound) {
      print("asks the kernel for its port");
    }
    print("# Netty");
    fake.io.netty.channel.unix.Socket netty = new fake.io.netty.channel.unix.Socket();
    netty.bind(ours);
    print("bound: " + netty.bound);
    shaded.io.netty.channel.unix.Socket shaded = new shaded.io.netty.channel.unix.Socket();
    shaded.bind(any);
    print("bound: " + shaded.bound);
    print("# broken Netty");
    print("bind: " + new broken.netty.channel.unix.Socket().bind("works"));
    print("# self-test");
    print(String.valueOf(hooks.selfTest()));
    print("# classes");
    for (Class<?> type : jvm.getAllLoadedClasses()) {
      if (type.getName()
          .matches("io\\.graceful\\.hooks\\.(\\w+Hooks|CallHook|Findings|SharedGuard)")) {
        print(type.getSimpleName());
      }
    }
    print("# files");
    delete(path, directory.resolve("before"));
    hooks.keepFiles(file -> file.endsWith("/app.sock"));
    Files.createFile(path);
    delete(path, directory.resolve("after"));
    print("# later hooks");
    print("missing: " + hooks.missing());
    Class.forName("broken.netty.channel.epoll.Native");
    hooks.watchAccepts((fd, address) -> {});
    hooks.changeLoaded();
    hooks.missing().forEach(HookedProgram::print);
    netty.bind(any);
    print("# guard");
    guard();
    guard();
    print("# end");
  }

  private static void guard() {
    try {
      hooks.guard(new SharedGuard().appSide());
    } catch (IOException expected) {
      print(expected.getMessage());
    }
  }

  private static void delete(Path socket, Path other) throws Exception {
    Files.createFile(other);
    Files.delete(socket);
    print(socket.getFileName() + " is there: " + Files.exists(socket));
    print("File.delete: " + new File(socket.toString()).delete());
    print(socket.getFileName() + " is there: " + Files.exists(socket));
    Files.delete(other);
    print(other.getFileName() + " is there: " + Files.exists(other));
    print("File.delete: " + new File(other.toString()).delete());
  }
}
