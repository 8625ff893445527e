package apps.grpc;

import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The service {@code demo.Echo}, whose messages are plain bytes. */
final class EchoMethods {

  static final String SERVICE = "demo.Echo";
  static final MethodDescriptor<byte[], byte[]> PID = unary("Pid");
  static final MethodDescriptor<byte[], byte[]> SLOW = unary("Slow");

  private EchoMethods() {}

  private static MethodDescriptor<byte[], byte[]> unary(String name) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
        .setRequestMarshaller(new Bytes())
        .setResponseMarshaller(new Bytes())
        .build();
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

    @Override
    public InputStream stream(byte[] message) {
      return new ByteArrayInputStream(message);
    }

    @Override
    public byte[] parse(InputStream stream) {
      ByteArrayOutputStream message = new ByteArrayOutputStream();
      try {
        for (int b = stream.read(); b >= 0; b = stream.read()) {
          message.write(b);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return message.toByteArray();
    }
  }
}
