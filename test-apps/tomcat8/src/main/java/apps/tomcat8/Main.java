package apps.tomcat8;

import apps.App;
import apps.Endpoints;
import apps.Options;
import apps.Silence;
import java.util.Arrays;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;

/** Embedded Tomcat 8.5 with the NIO or the NIO2 connector. */
public final class Main {

  private Main() {}

  public static void main(String[] args) throws LifecycleException {
    Silence.keep();
    Options options =
        Options.parse(args, Arrays.asList("nio", "nio2"), "limit", "limit-from", "backlog");
    App app = App.start(options);

    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(options.text("state", System.getProperty("java.io.tmpdir")));
    tomcat.setConnector(connector(options, app.hasConnectionLimit()));
    Context context = tomcat.addContext("", null);
    Tomcat.addServlet(context, "endpoints", new EndpointsServlet(new Endpoints(app)))
        .addMapping("/");

    tomcat.init();
    app.bound();
    tomcat.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(tomcat)));
    app.serving();
    tomcat.getServer().await();
  }

  private static Connector connector(Options options, boolean limited) {
    boolean nio2 = options.flavour().equals("nio2");
    Connector connector =
        new Connector("org.apache.coyote.http11.Http11Nio" + (nio2 ? "2" : "") + "Protocol");
    connector.setPort(options.port());
    connector.setProperty("address", options.host());
    connector.setProperty("acceptCount", options.text("backlog", "1024"));
    connector.setProperty("maxConnections", limited ? options.text("limit", "1") : "100000");
    connector.setProperty("maxKeepAliveRequests", "-1");
    connector.setThrowOnFailure(true);
    return connector;
  }

  private static void stop(Tomcat tomcat) {
    try {
      tomcat.stop();
    } catch (LifecycleException e) {
      throw new IllegalStateException("can't stop Tomcat", e);
    }
  }
}
