package apps.grpc;

import apps.Silence;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Makes unary calls, each on a channel of its own, and counts those that fail. */
public final class Client {

  private static final int DEADLINE_SECONDS = 30;

  private Client() {}

  /**
   * @param args host:port, the number of calls, and optionally the milliseconds each is to take
   */
  public static void main(String[] args) {
    Silence.keep();
    Silence.keepNettyOffUnsafe("io.grpc.netty.shaded.io.netty.noUnsafe");
    // JDK 24 and later warn of native libraries, and "java -cp" has no manifest to allow them.
    System.setProperty("io.grpc.netty.shaded.io.netty.transport.noNative", "true");
    int count = Integer.parseInt(args[1]);
    int ok = 0;
    for (int i = 1; i <= count; i++) {
      try {
        if (args.length > 2) {
          call(args[0], EchoMethods.SLOW, args[2]);
        } else {
          call(args[0], EchoMethods.PID, "");
        }
        ok++;
      } catch (StatusRuntimeException e) {
        System.out.println("call " + i + ": " + describe(e.getStatus()));
      }
    }
    System.out.println("ok=" + ok + " failed=" + (count - ok));
    System.exit(ok == count ? 0 : 1);
  }

  private static String describe(Status status) {
    String cause = status.getCause() == null ? "" : ": " + status.getCause().getMessage();
    return (status.getCode() + ": " + status.getDescription() + cause).replace('\n', ' ');
  }

  private static String call(
      String target, MethodDescriptor<byte[], byte[]> method, String argument) {
    ManagedChannel channel = NettyChannelBuilder.forTarget(target).usePlaintext().build();
    try {
      byte[] answer =
          ClientCalls.blockingUnaryCall(
              channel,
              method,
              CallOptions.DEFAULT.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS),
              argument.getBytes(StandardCharsets.US_ASCII));
      return new String(answer, StandardCharsets.US_ASCII);
    } finally {
      channel.shutdownNow();
    }
  }
}
