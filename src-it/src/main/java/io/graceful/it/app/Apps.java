package io.graceful.it.app;

import java.util.ArrayList;
import java.util.List;

/** The catalogue of test apps. */
public final class Apps {
  public static final App HTTPSERVER = App.jdk("httpserver");
  public static final App THREADS = App.jdk("threads");
  public static final App THREADS_TIMEOUT = App.jdk("threads-timeout");
  public static final App NIO = App.jdk("nio");
  public static final App NIO_BLOCKING = App.jdk("nio-blocking");
  public static final App NIO2 = App.jdk("nio2");
  public static final App REUSEPORT = App.jdk("reuseport").since(9);
  public static final App VIRTUAL = App.jdk("virtual").since(21);
  public static final App TWO = App.jdk("two");
  public static final App EPHEMERAL = App.jdk("ephemeral");
  public static final App UNIX = App.jdk("unix").since(16).speaking(Protocol.HTTP_OVER_UNIX);
  public static final App NONE = App.jdk("none").speaking(Protocol.NOTHING);
  public static final App HELLO = App.jdk("hello").speaking(Protocol.NOTHING);

  public static final App PROTOCOLS = App.http("protocols", "protocols", 8, "threads");
  public static final App PROTOCOLS_NIO = App.http("protocols-nio", "protocols", 8, "nio");
  public static final App LINES =
      App.http("lines", "protocols", 8, "lines").speaking(Protocol.LINES);
  public static final App TLS =
      App.http("tls", "protocols", 8, "tls").speaking(Protocol.HTTP_OVER_TLS);
  public static final App PROXIED =
      App.http("proxied", "protocols", 8, "proxied").speaking(Protocol.HTTP_BEHIND_PROXY);

  public static final App TOMCAT_NIO = App.http("tomcat-nio", "tomcat", 17, "nio");
  public static final App TOMCAT_NIO2 = App.http("tomcat-nio2", "tomcat", 17, "nio2");
  public static final App TOMCAT8 = App.http("tomcat8", "tomcat8", 8, "nio").asByCatalina();
  public static final App JETTY = App.http("jetty", "jetty", 17);
  public static final App JETTY9 = App.http("jetty9", "jetty9", 8);
  public static final App UNDERTOW = App.http("undertow", "undertow", 11).usingUnsafe();
  public static final App NETTY_NIO = App.http("netty-nio", "netty", 8, "nio");
  public static final App NETTY_EPOLL = App.http("netty-epoll", "netty", 8, "epoll");
  public static final App NETTY_UNIX =
      App.http("netty-epoll-unix", "netty", 8, "epoll-unix").speaking(Protocol.HTTP_OVER_UNIX);
  public static final App SPRING_BOOT =
      App.http("spring-boot", "spring-boot", 17, "graceful-shutdown=false").startingSlowly();
  public static final App SPRING_BOOT_GRACEFUL =
      App.http("spring-boot-graceful", "spring-boot", 17, "graceful-shutdown=true")
          .startingSlowly();
  public static final App GRPC = App.http("grpc", "grpc", 8).speaking(Protocol.GRPC);

  private Apps() {}

  /** Those that a load can be put on over TCP. */
  public static List<App> httpServers() {
    List<App> apps =
        new ArrayList<>(
            List.of(HTTPSERVER, THREADS, THREADS_TIMEOUT, NIO, NIO_BLOCKING, NIO2, VIRTUAL, TWO));
    apps.addAll(List.of(TOMCAT_NIO, TOMCAT_NIO2, TOMCAT8, JETTY, JETTY9, UNDERTOW));
    apps.addAll(List.of(NETTY_NIO, NETTY_EPOLL, SPRING_BOOT, SPRING_BOOT_GRACEFUL));
    return List.copyOf(apps);
  }
}
