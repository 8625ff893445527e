package apps.springboot;

import apps.App;
import apps.Options;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;

/** An ordinary Spring Boot web application on Tomcat. */
@SpringBootApplication
public class SpringBootApp {

  public static void main(String[] args) {
    Options options = Options.parse(args, Collections.emptyList(), "graceful-shutdown");
    App app = App.start(options);

    SpringApplication spring = new SpringApplication(SpringBootApp.class);
    spring.setDefaultProperties(properties(options));
    ApplicationContextInitializer<GenericApplicationContext> beans =
        context -> context.registerBean(App.class, () -> app);
    spring.addInitializers(beans);
    spring.run();
    app.bound();
    app.serving();
  }

  private static Map<String, Object> properties(Options options) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("server.address", options.host());
    properties.put("server.port", options.port());
    properties.put("server.shutdown", options.isOn("graceful-shutdown") ? "graceful" : "immediate");
    if (options.has("state")) {
      // Its default is a new directory in /tmp, which every run leaves there.
      properties.put("server.tomcat.basedir", options.text("state"));
    }
    properties.put("server.tomcat.accept-count", 1024);
    properties.put("server.tomcat.max-keep-alive-requests", -1);
    properties.put("spring.main.banner-mode", "off");
    properties.put("logging.level.root", "off");
    return properties;
  }
}
