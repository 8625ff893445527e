package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Apps;
import io.graceful.it.app.FreePort;
import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.load.Endpoint;
import io.graceful.it.load.Greeting;
import io.graceful.it.load.Load;
import io.graceful.it.load.Request;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Every listener with a port of its own moves, whoever in the process opened it; those on ports of
 * the kernel's choice don't.
 */
@ExtendWith(ServersExtension.class)
class HandoverOfSeveralListenersIT {
  @EachJdk
  void both_ports_of_the_app_and_the_jmx_port_are_handed_over(int jdk, Servers servers)
      throws Exception {
    int jmx = FreePort.find();
    Server server =
        servers
            .launch(Apps.TWO, Jdks.find(jdk))
            .jvm(
                "-Dcom.sun.management.jmxremote.port=" + jmx,
                "-Dcom.sun.management.jmxremote.rmi.port=" + jmx,
                "-Dcom.sun.management.jmxremote.authenticate=false",
                "-Dcom.sun.management.jmxremote.ssl=false",
                "-Dcom.sun.management.jmxremote.host=127.0.0.1",
                "-Djava.rmi.server.hostname=127.0.0.1")
            .start();
    int admin = Integer.parseInt(server.argument("admin"));
    Map<Integer, String> before = server.view().listeners();
    assertThat(before).containsKeys(server.port(), admin, jmx);
    assertThat(pidByJmx(jmx)).isEqualTo(server.serving().pid());

    Load load = Loads.start(server);
    Load adminLoad = Load.against("127.0.0.1", admin).connectionPerRequest(50).start();
    Restart restart = server.restart();
    Loads.assertNothingFailed(load.stop());
    Loads.assertNothingFailed(adminLoad.stop());

    Map<Integer, String> after = server.view().listeners();
    assertThat(after).containsEntry(server.port(), before.get(server.port()));
    assertThat(after).containsEntry(admin, before.get(admin));
    assertThat(after).containsEntry(jmx, before.get(jmx));
    assertThat(pidByJmx(jmx)).isEqualTo(restart.successor().pid());
    assertThat(greetingAt(admin).pid()).isEqualTo(restart.successor().pid());
    Generations.assertOldOnesEndedWell(server, List.of(restart));
    Generations.assertQuiet(server);
  }

  @EachJdk
  void listener_on_an_ephemeral_port_is_not_handed_over(int jdk, Servers servers) throws Exception {
    Server server = servers.launch(Apps.EPHEMERAL, Jdks.find(jdk)).start();
    Map<Integer, String> before = server.view().listeners();
    Restart restart = server.restart();

    List<Integer> ephemeral =
        Files.readAllLines(server.state("ephemeral")).stream().map(Integer::valueOf).toList();
    Map<Integer, String> after = server.view().listeners();
    assertThat(ephemeral).hasSize(2).doesNotHaveDuplicates();
    assertThat(before).containsOnlyKeys(server.port(), ephemeral.get(0));
    assertThat(after).containsOnlyKeys(server.port(), ephemeral.get(1));
    assertThat(after.get(server.port())).isEqualTo(before.get(server.port()));
    assertThat(greetingAt(ephemeral.get(1)).pid()).isEqualTo(restart.successor().pid());
    Generations.assertOldOnesEndedWell(server, List.of(restart));
  }

  private static Greeting greetingAt(int port) throws Exception {
    return Greeting.parse(Request.get(Endpoint.tcp("127.0.0.1", port), "/"));
  }

  private static long pidByJmx(int port) throws Exception {
    JMXServiceURL url =
        new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + port + "/jmxrmi");
    try (JMXConnector connector = JMXConnectorFactory.connect(url)) {
      String name =
          (String)
              connector
                  .getMBeanServerConnection()
                  .getAttribute(new ObjectName("java.lang:type=Runtime"), "Name");
      return Long.parseLong(name.substring(0, name.indexOf('@')));
    }
  }
}
