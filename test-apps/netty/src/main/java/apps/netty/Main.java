package apps.netty;

import apps.App;
import apps.Options;
import apps.Silence;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerExpectContinueHandler;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** Netty on NIO or on its native epoll transport, TCP or a UNIX domain socket. */
public final class Main {

  private static final int BACKLOG = 1024;

  private Main() {}

  public static void main(String[] args) throws IOException {
    Silence.keep();
    Silence.keepNettyOffUnsafe("io.netty.noUnsafe");
    Options options = Options.parse(args, Arrays.asList("nio", "epoll", "epoll-unix"), "path");
    App app = App.start(options);
    switch (options.flavour()) {
      case "nio":
        start(
            app,
            new ServerBootstrap()
                .group(new NioEventLoopGroup(1), new NioEventLoopGroup())
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true),
            options.address());
        break;
      case "epoll":
        start(
            app,
            new ServerBootstrap()
                .group(new EpollEventLoopGroup(1), new EpollEventLoopGroup())
                .channel(EpollServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true),
            options.address());
        break;
      default:
        Path path = Paths.get(options.text("path"));
        Files.deleteIfExists(path);
        start(
            app,
            new ServerBootstrap()
                .group(new EpollEventLoopGroup(1), new EpollEventLoopGroup())
                .channel(EpollServerDomainSocketChannel.class),
            new DomainSocketAddress(path.toFile()));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> path.toFile().delete()));
    }
  }

  private static void start(App app, ServerBootstrap bootstrap, SocketAddress address) {
    bootstrap
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel
                    .pipeline()
                    .addLast(
                        new HttpServerCodec(),
                        new HttpServerExpectContinueHandler(),
                        new EndpointsHandler(app));
              }
            });
    bootstrap.bind(address).syncUninterruptibly();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(bootstrap)));
    app.bound();
    app.serving();
  }

  private static void stop(ServerBootstrap bootstrap) {
    shutDown(bootstrap.config().group());
    shutDown(bootstrap.config().childGroup());
  }

  private static void shutDown(EventLoopGroup group) {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
