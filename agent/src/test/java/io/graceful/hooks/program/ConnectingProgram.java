package io.graceful.hooks.program;

import io.graceful.hooks.Hooks;
import io.graceful.os.JavaBase;
import java.lang.instrument.Instrumentation;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.SocketChannel;

/** Connects in every way there is, before and after the hooks are in, and prints what they saw. */
public final class ConnectingProgram {

  private static Hooks hooks;
  private static volatile int told;

  private ConnectingProgram() {}

  public static void premain(String arguments, Instrumentation instrumentation) {
    JavaBase.openToUs(instrumentation);
    hooks = new Hooks(instrumentation, (fd, address) -> false, new PrintedProblems());
    hooks.install();
  }

  public static void main(String[] arguments) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
      connectInEveryWay(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()));
      hooks.watchConnects(port -> told = port);
      System.out.println("watched");
      connectInEveryWay(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()));
    }
    System.out.println("end");
  }

  private static void connectInEveryWay(InetSocketAddress server) throws Exception {
    try (SocketChannel channel = SocketChannel.open(server)) {
      print("SocketChannel", server, channel.isConnected());
    }
    try (Socket socket = new Socket()) {
      socket.connect(server);
      print("Socket", server, socket.isConnected());
    }
    try (Socket socket = new Socket()) {
      socket.connect(server, 10_000);
      print("Socket with a timeout", server, socket.isConnected());
    }
    try (AsynchronousSocketChannel channel = AsynchronousSocketChannel.open()) {
      channel.connect(server).get();
      print("AsynchronousSocketChannel", server, channel.getRemoteAddress() != null);
    }
  }

  private static void print(String way, InetSocketAddress server, boolean connected) {
    String port = told == server.getPort() ? "told of its port" : "told " + told;
    System.out.println(way + ": " + port + ", connected: " + connected);
    told = 0;
  }
}
