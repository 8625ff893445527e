package apps.jdk;

import apps.App;
import apps.Options;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;

/** Servers on nothing but the JDK, one flavour for each of its ways to accept. */
public final class Main {

  static final int BACKLOG = 1024;

  private Main() {}

  public static void main(String[] args) throws IOException {
    Options options =
        Options.parse(
            args,
            Arrays.asList(
                "httpserver",
                "threads",
                "threads-timeout",
                "nio",
                "nio-blocking",
                "nio2",
                "virtual",
                "two",
                "unix",
                "ephemeral",
                "reuseport",
                "none",
                "hello"),
            "admin",
            "path",
            "port-probe",
            "backlog",
            "receive-buffer",
            "reuse-port");
    App app = App.start(options);
    if (options.isOn("port-probe")) {
      new ServerSocket(options.port()).close();
    }
    switch (options.flavour()) {
      case "httpserver":
        httpServer(options, app);
        break;
      case "threads":
        serverSocket(options, app, ServerSocketApp::startThread);
        break;
      case "threads-timeout":
        serverSocketWithTimeouts(options, app);
        break;
      case "nio":
        selector(options, app);
        break;
      case "nio-blocking":
        blockingChannel(options, app);
        break;
      case "nio2":
        asynchronous(options, app);
        break;
      case "virtual":
        serverSocket(options, app, NewerJdk.virtualThreads());
        break;
      case "two":
        two(options, app);
        break;
      case "unix":
        unix(options, app);
        break;
      case "ephemeral":
        ephemeral(options, app);
        break;
      case "reuseport":
        reusePort(options, app);
        break;
      case "none":
        App.sleepForever();
        break;
      default:
        System.out.println("hello");
    }
  }

  private static void httpServer(Options options, App app) throws IOException {
    HttpServerApp server = new HttpServerApp(options.address(), app);
    app.bound();
    server.start();
    app.serving();
  }

  private static void serverSocket(Options options, App app, Executor executor) throws IOException {
    ServerSocketApp server = new ServerSocketApp(options.address(), app, executor);
    app.bound();
    app.serving();
    server.run();
  }

  private static void serverSocketWithTimeouts(Options options, App app) throws IOException {
    ServerSocketApp server =
        new ServerSocketApp(options.address(), app, ServerSocketApp::startThread).withTimeouts();
    app.bound();
    app.serving();
    server.run();
  }

  private static void selector(Options options, App app) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    if (options.has("receive-buffer")) {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, (int) options.number("receive-buffer"));
    }
    if (options.isOn("reuse-port")) {
      NewerJdk.reusePort(channel);
    }
    int backlog = (int) options.number("backlog", BACKLOG);
    SelectorApp server = new SelectorApp(channel, options.address(), backlog, app);
    app.bound();
    app.serving();
    server.run();
  }

  private static void blockingChannel(Options options, App app) throws IOException {
    BlockingChannelApp server =
        new BlockingChannelApp(ServerSocketChannel.open(), options.address(), app);
    app.bound();
    app.serving();
    server.run();
  }

  private static void asynchronous(Options options, App app) throws IOException {
    AsynchronousApp server = new AsynchronousApp(options.address(), app);
    app.bound();
    server.start();
    app.serving();
  }

  private static void two(Options options, App app) throws IOException {
    List<HttpServerApp> servers = new ArrayList<>();
    servers.add(new HttpServerApp(options.address(), app));
    if (!app.bindsFewerListeners()) {
      servers.add(new HttpServerApp(options.address("admin"), app));
    }
    app.bound();
    servers.forEach(HttpServerApp::start);
    app.serving();
  }

  private static void unix(Options options, App app) throws IOException {
    Path path = Paths.get(options.text("path"));
    Files.deleteIfExists(path);
    BlockingChannelApp server =
        new BlockingChannelApp(
            NewerJdk.openUnixDomain(), NewerJdk.unixAddress(path.toString()), app);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> path.toFile().delete()));
    app.bound();
    app.serving();
    server.run();
  }

  private static void ephemeral(Options options, App app) throws IOException {
    HttpServerApp server = new HttpServerApp(options.address(), app);
    if (!app.bindsFewerListeners()) {
      ServerSocketApp second =
          new ServerSocketApp(
              new InetSocketAddress(options.host(), 0), app, ServerSocketApp::startThread);
      app.state().append("ephemeral", String.valueOf(second.port()));
      ServerSocketApp.startThread(second);
    }
    app.bound();
    server.start();
    app.serving();
  }

  private static void reusePort(Options options, App app) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    NewerJdk.reusePort(channel);
    BlockingChannelApp server = new BlockingChannelApp(channel, options.address(), app);
    app.bound();
    app.serving();
    server.run();
  }
}
