package apps.netty;

import apps.App;
import apps.Download;
import apps.Query;
import apps.Upload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/** The endpoints on an event loop; pipelined requests wait until those before are answered. */
final class EndpointsHandler extends SimpleChannelInboundHandler<HttpObject> {

  private final App app;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private HttpRequest incoming;
  private Upload upload;
  private HttpRequest request;

  EndpointsHandler(App app) {
    this.app = app;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
    if (message.decoderResult().isFailure()) {
      ctx.close();
      return;
    }
    if (message instanceof HttpRequest) {
      incoming = (HttpRequest) message;
      upload = new Upload();
    }
    if (message instanceof HttpContent) {
      byte[] bytes = ByteBufUtil.getBytes(((HttpContent) message).content());
      upload.add(bytes, 0, bytes.length);
    }
    if (message instanceof LastHttpContent) {
      HttpRequest complete = incoming;
      String receipt = upload.receipt();
      waiting.add(() -> answer(ctx, complete, receipt));
      answerNext();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  private void answerNext() {
    if (request == null && !waiting.isEmpty()) {
      waiting.remove().run();
    }
  }

  private void answer(ChannelHandlerContext ctx, HttpRequest next, String receipt) {
    request = next;
    int mark = request.uri().indexOf('?');
    String path = mark < 0 ? request.uri() : request.uri().substring(0, mark);
    String query = mark < 0 ? null : request.uri().substring(mark + 1);
    switch (request.method() + " " + path) {
      case "GET /":
        send(ctx, HttpResponseStatus.OK, app.identity());
        break;
      case "GET /peer":
        send(ctx, HttpResponseStatus.OK, app.identityFor(peerPort(ctx), query));
        break;
      case "GET /slow":
        after(
            ctx, Query.number(query, "ms"), () -> send(ctx, HttpResponseStatus.OK, app.identity()));
        break;
      case "POST /upload":
        send(ctx, HttpResponseStatus.OK, receipt);
        break;
      case "GET /download":
        send(ctx, Download.of(query));
        break;
      default:
        send(ctx, HttpResponseStatus.NOT_FOUND, "");
    }
  }

  private void send(ChannelHandlerContext ctx, HttpResponseStatus status, String text) {
    ByteBuf body = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    HttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
    addHeaders(response, "text/plain", body.readableBytes());
    finish(ctx, ctx.writeAndFlush(response));
  }

  private void send(ChannelHandlerContext ctx, Download download) {
    HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    addHeaders(response, "application/octet-stream", download.length());
    ctx.writeAndFlush(response);
    sendRest(ctx, download);
  }

  private void sendRest(ChannelHandlerContext ctx, Download download) {
    if (download.hasNext()) {
      after(ctx, download.pauseMillis(), () -> sendChunk(ctx, download));
    } else {
      finish(ctx, ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT));
    }
  }

  private void sendChunk(ChannelHandlerContext ctx, Download download) {
    ctx.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(download.next())))
        .addListener(
            written -> {
              if (written.isSuccess()) {
                ctx.executor().execute(() -> sendRest(ctx, download));
              } else {
                ctx.close();
              }
            });
  }

  private void addHeaders(HttpResponse response, String contentType, long length) {
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
    HttpUtil.setContentLength(response, length);
    if (!HttpUtil.isKeepAlive(request)) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (!request.protocolVersion().isKeepAliveDefault()) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
  }

  private void finish(ChannelHandlerContext ctx, ChannelFuture lastWrite) {
    boolean keepAlive = HttpUtil.isKeepAlive(request);
    lastWrite.addListener(
        written -> {
          if (written.isSuccess() && keepAlive) {
            request = null;
            answerNext();
          } else {
            ctx.close();
          }
        });
  }

  /** 0 on a UNIX domain socket. */
  private static int peerPort(ChannelHandlerContext ctx) {
    SocketAddress peer = ctx.channel().remoteAddress();
    return peer instanceof InetSocketAddress ? ((InetSocketAddress) peer).getPort() : 0;
  }

  private static void after(ChannelHandlerContext ctx, long millis, Runnable action) {
    if (millis == 0) {
      action.run();
    } else {
      ctx.executor().schedule(action, millis, TimeUnit.MILLISECONDS);
    }
  }
}
