package apps.grpc;

import apps.App;
import apps.Options;
import apps.Silence;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.concurrent.TimeUnit;

/** A gRPC server: {@code demo.Echo/Pid}, and {@code demo.Echo/Slow} with milliseconds in ASCII. */
public final class Main {

  private static final int BACKLOG = 1024;
  private static final int MAX_STOP_SECONDS = 30;

  private Main() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Silence.keep();
    Silence.keepNettyOffUnsafe("io.grpc.netty.shaded.io.netty.noUnsafe");
    Options options = Options.parse(args, Collections.emptyList());
    App app = App.start(options);

    Server server =
        NettyServerBuilder.forAddress(options.address())
            .withOption(ChannelOption.SO_BACKLOG, BACKLOG)
            .addService(service(app))
            .build()
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server)));
    app.bound();
    app.serving();
    server.awaitTermination();
  }

  private static ServerServiceDefinition service(App app) {
    return ServerServiceDefinition.builder(EchoMethods.SERVICE)
        .addMethod(
            EchoMethods.PID,
            ServerCalls.asyncUnaryCall((request, observer) -> answer(app, observer)))
        .addMethod(
            EchoMethods.SLOW,
            ServerCalls.asyncUnaryCall(
                (request, observer) -> {
                  App.sleep(Long.parseLong(new String(request, StandardCharsets.US_ASCII)));
                  answer(app, observer);
                }))
        .build();
  }

  private static void answer(App app, StreamObserver<byte[]> observer) {
    observer.onNext(app.identity().trim().getBytes(StandardCharsets.US_ASCII));
    observer.onCompleted();
  }

  private static void stop(Server server) {
    try {
      server.shutdown().awaitTermination(MAX_STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      server.shutdownNow();
    }
  }
}
