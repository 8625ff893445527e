package apps.jetty9;

import apps.App;
import apps.Endpoints;
import apps.Options;
import apps.Silence;
import java.util.Collections;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.log.JavaUtilLog;

/** Jetty 9.4 without servlets. */
public final class Main {

  private static final int BACKLOG = 1024;

  private Main() {}

  public static void main(String[] args) throws Exception {
    Silence.keep();
    System.setProperty("org.eclipse.jetty.util.log.class", JavaUtilLog.class.getName());
    Options options = Options.parse(args, Collections.emptyList());
    App app = App.start(options);

    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost(options.host());
    connector.setPort(options.port());
    connector.setAcceptQueueSize(BACKLOG);
    server.addConnector(connector);
    server.setHandler(new EndpointsHandler(new Endpoints(app)));
    server.setStopAtShutdown(true);

    connector.open();
    app.bound();
    server.start();
    app.serving();
    server.join();
  }
}
