package io.graceful.notice;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.graceful.log.Log;
import io.graceful.os.ReactorThread;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class WebAddressTest {

  @RegisterExtension static final ReactorThread REACTOR = new ReactorThread();

  private static final int LIMIT_MILLIS = 10_000;

  private final Queue<String> received = new ConcurrentLinkedQueue<>();
  private HttpServer server;
  private int status = 204;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void gets_the_facts_as_a_form() throws Exception {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("RESTART_EVENT", "ready");
    facts.put("RESTART_LISTENERS", "*:8080 [::1]:9090");
    facts.put("RESTART_REASON", "");

    assertThat(tell(address("/graceful/{event}"), LIMIT_MILLIS, facts)).isEmpty();

    assertThat(received)
        .containsExactly(
            "POST /graceful/ready application/x-www-form-urlencoded"
                + " RESTART_EVENT=ready&RESTART_LISTENERS=*%3A8080+%5B%3A%3A1%5D%3A9090&RESTART_REASON=");
  }

  @Test
  void what_is_not_2xx_is_a_refusal() throws Exception {
    status = 503;

    assertThat(tell(address("/"), LIMIT_MILLIS, Map.of()))
        .hasValue("the hook " + address("/") + " answered 503");
  }

  @Test
  void a_redirection_is_not_followed() throws Exception {
    status = 302;

    assertThat(tell(address("/"), LIMIT_MILLIS, Map.of()))
        .hasValue("the hook " + address("/") + " answered 302");
    assertThat(received).hasSize(1);
  }

  @Test
  void nobody_there_is_said_in_words() throws Exception {
    String url = address("/");
    server.stop(0);

    assertThat(tell(url, LIMIT_MILLIS, Map.of()).orElseThrow())
        .startsWith("the hook " + url + " can't be asked: ")
        .contains("refused");
  }

  @Test
  void an_answer_is_not_waited_for_forever() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String url = "http://127.0.0.1:" + silent.getLocalPort() + "/";

      assertThat(tell(url, 200, Map.of()))
          .hasValue("the hook " + url + " did not answer within 200ms (hook.timeout)");
    }
  }

  private Optional<String> tell(String address, int limitMillis, Map<String, String> facts)
      throws Exception {
    CompletableFuture<Optional<String>> problem = new CompletableFuture<>();
    WebAddress recipient =
        new WebAddress(
            address, limitMillis, limitMillis + "ms", REACTOR.reactor, new Log(1, Log.Level.ERROR));
    REACTOR.run(
        () -> recipient.tell("ready", facts, what -> problem.complete(Optional.ofNullable(what))));
    return problem.get(60, TimeUnit.SECONDS);
  }

  private String address(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private void answer(HttpExchange exchange) throws IOException {
    received.add(
        String.join(
            " ",
            List.of(
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                exchange.getRequestHeaders().getFirst("Content-Type"),
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8))));
    exchange.getResponseHeaders().set("Location", "/elsewhere");
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }
}
