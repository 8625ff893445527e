package io.graceful.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExchangeTest {

  private static final String GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final String HEAD = "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final String POST = "POST / HTTP/1.1\r\nContent-Length: 18\r\n\r\n";
  private static final String BODY_LIKE_A_REQUEST = "GET / HTTP/1.1\r\n\r\n";
  private static final String EXPECT =
      "POST / HTTP/1.1\r\nContent-Length: 18\r\nExpect: 100-continue\r\n\r\n";
  private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
  private static final String OK_HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
  private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  private static final String TLS = "\026\003\001\002\0\001\0\001\374\003\003";
  private static final String WEBSOCKET_FRAME = "\201\022" + GET;
  private static final String SWITCHING =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

  /** Long after anything happened. */
  private static final long LATER = 5000;

  private Exchange exchange;

  // A connection on which nothing has ever passed.

  @Test
  void a_fresh_connection_is_complete_and_its_first_request_may_move_at_once() {
    begin(History.FRESH);

    assertThat(exchange.isComplete()).isTrue();
    assertThat(judge(GET, 0)).isEqualTo("MOVE");
    assertThat(exchange.hasProvenHttp()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        TLS,
        WEBSOCKET_FRAME,
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "EHLO x\r\n",
        "\r\nPROXY\r\n"
      })
  void a_fresh_connection_that_begins_otherwise_stays(String bytes) {
    begin(History.FRESH);

    assertThat(judge(bytes, LATER)).isEqualTo("FORWARD");
    staysForGood();
  }

  @Test
  void a_server_that_speaks_first_keeps_its_connection() {
    begin(History.FRESH);
    app("220 mail.example ESMTP\r\n");

    assertThat(judge(GET, LATER)).isEqualTo("FORWARD");
    staysForGood();
  }

  @Test
  void half_a_request_line_is_waited_for() {
    begin(History.FRESH);

    assertThat(judge("GE", 0, 0)).isEqualTo("MORE(1000)");
    assertThat(judge("GET / HT", 0, 990)).isEqualTo("MORE(10)");
    assertThat(exchange.hasProvenHttp()).isFalse();
    assertThat(judge("GET / HTTP/1.1\r", 0, 1000)).isEqualTo("FORWARD");
    client("GET / HTTP/1.1\r");
    assertThat(judge("\nHost: x\r\n\r\n", LATER)).isEqualTo("FORWARD");
    client("\nHost: x\r\n\r\n");
    app(OK);
    assertThat(judge(GET, 0)).as("known from its beginning on").isEqualTo("MOVE");
  }

  @Test
  void what_an_app_answers_before_it_is_admitted_is_to_a_request_that_it_has_read_itself() {
    exchange = new Exchange(History.FRESH);
    app(OK);
    exchange.admit();

    assertThat(judge(GET, 19)).isEqualTo("WAIT(1)");
    assertThat(judge(GET, 20)).isEqualTo("MOVE");
  }

  @Test
  void a_second_look_corrects_the_first() {
    exchange = new Exchange(History.FRESH);
    exchange.admit(History.BUSY);
    assertThat(judge(GET, LATER)).as("the rest of a request").isEqualTo("FORWARD");

    exchange = new Exchange(History.quiet(LATER));
    exchange.admit(History.BUSY);
    assertThat(judge(GET, LATER)).isEqualTo("FORWARD");

    exchange = new Exchange(History.BUSY);
    exchange.admit(History.quiet(LATER));
    assertThat(judge(GET, LATER)).isEqualTo("MOVE");

    exchange = new Exchange(History.BUSY);
    app(OK_HEAD + "hel");
    exchange.admit(History.quiet(LATER));
    assertThat(exchange.isOpen()).as("the framing is known already").isTrue();
    app("lo");
    assertThat(judge(GET, LATER)).isEqualTo("MOVE");

    exchange = new Exchange(History.FRESH);
    exchange.admit(History.FRESH);
    assertThat(judge(GET, 0)).isEqualTo("MOVE");
  }

  // What was seen from a boundary on.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n0\r\n\r\n\r\n\r\n0\r\nX: y\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx",
      })
  void after_the_whole_answer_and_not_a_byte_before_the_next_request_may_move(String answer) {
    for (int split = 0; split < answer.length(); split++) {
      proceedWith(GET);
      app(answer.substring(0, split));
      assertThat(judge(GET, LATER)).as("after %s bytes", split).isEqualTo("WAIT(1000)");
      assertThat(exchange.isOpen()).isTrue();
      assertThat(exchange.isComplete()).isFalse();
      app(answer.substring(split));
      assertThat(judge(GET, 0)).as("after %s bytes and the rest", split).isEqualTo("MOVE");
      assertThat(exchange.isOpen()).isFalse();
      assertThat(exchange.isComplete()).isTrue();
    }
  }

  @Test
  void a_request_is_not_over_before_its_body_is() {
    proceedWith(POST);

    assertThat(judge(BODY_LIKE_A_REQUEST, LATER)).isEqualTo("FORWARD");
    client(BODY_LIKE_A_REQUEST.substring(0, 17));
    assertThat(judge(GET, LATER)).isEqualTo("FORWARD");
    app(OK);
    assertThat(judge(GET, LATER)).as("answered early").isEqualTo("FORWARD");
    assertThat(exchange.isComplete()).isFalse();
    client("\n");
    assertThat(judge(GET, 0)).isEqualTo("MOVE");
    assertThat(exchange.isComplete()).isTrue();
  }

  @Test
  void a_body_that_the_app_has_asked_for_is_no_request() {
    proceedWith(EXPECT);
    app(CONTINUE);

    assertThat(judge(BODY_LIKE_A_REQUEST, LATER)).isEqualTo("FORWARD");
    client(BODY_LIKE_A_REQUEST);
    assertThat(judge(GET, LATER)).isEqualTo("WAIT(1000)");
    app(OK);
    assertThat(judge(GET, 0)).isEqualTo("MOVE");
  }

  @Test
  void a_pipelined_request_waits_a_while_for_the_answers_to_those_before() {
    proceedWith(GET + GET);
    assertThat(judge(GET, LATER, 0)).isEqualTo("WAIT(1000)");
    app(OK);
    assertThat(judge(GET, LATER, 400)).isEqualTo("WAIT(600)");
    app(OK);
    assertThat(judge(GET, 0, 400)).isEqualTo("MOVE");
  }

  @Test
  void a_pipelined_request_that_has_waited_too_long_is_counted() {
    proceedWith(GET);
    assertThat(judge(HEAD, LATER, 1000)).isEqualTo("FORWARD");
    client(HEAD);
    app(OK);
    assertThat(judge(GET, LATER)).isEqualTo("WAIT(1000)");
    app(OK_HEAD);
    assertThat(judge(GET, 0)).as("a HEAD is answered without a body").isEqualTo("MOVE");
  }

  @Test
  void a_client_that_finishes_a_body_and_pipelines_is_followed() {
    proceedWith(POST + BODY_LIKE_A_REQUEST + GET + "POST / HTTP/1.1\r\nContent-Le");

    assertThat(judge("ngth: 1\r\n\r\nx", LATER)).isEqualTo("FORWARD");
    client("ngth: 1\r\n\r\nx");
    app(OK + OK);
    assertThat(judge(GET, LATER)).isEqualTo("WAIT(1000)");
    app(OK);
    assertThat(judge(GET, 0)).isEqualTo("MOVE");
  }

  @Test
  void an_empty_line_after_a_body_is_no_request() {
    proceedWith(POST + BODY_LIKE_A_REQUEST);
    app(OK);

    assertThat(judge("\r\n", 0, 0)).isEqualTo("MORE(1000)");
    assertThat(judge("\r\n", 0, 1000)).isEqualTo("FORWARD");
    client("\r\n");
    assertThat(exchange.isComplete()).isTrue();
    assertThat(judge(GET, 0)).isEqualTo("MOVE");
    assertThat(judge("\r\n" + GET, 0)).isEqualTo("MOVE");
  }

  @Test
  void a_connection_that_speaks_another_protocol_now_stays() {
    proceedWith("GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n");
    app(SWITCHING);

    assertThat(judge(GET, LATER)).isEqualTo("FORWARD");
    staysForGood();
  }

  @Test
  void an_upgrade_that_is_refused_is_a_request_like_others() {
    proceedWith("GET / HTTP/1.1\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n");
    app(OK);

    assertThat(judge(GET, 0)).isEqualTo("MOVE");
  }

  @Test
  void a_tunnel_stays() {
    proceedWith("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(judge(GET, LATER)).as("ahead of the answer").isEqualTo("WAIT(1000)");
    app("HTTP/1.1 200 Connection established\r\n\r\n");

    assertThat(judge(GET, LATER)).isEqualTo("FORWARD");
    staysForGood();
  }

  @Test
  void a_tunnel_that_is_refused_is_none_and_asking_for_one_may_move() {
    proceedWith("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n");
    app("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno");

    assertThat(judge("CONNECT a:80 HTTP/1.1\r\n", 0)).isEqualTo("MOVE");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\n\r\nuntil the connection ends",
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nxx",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nxx",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "no HTTP",
        "HTTP/1.1 204 x\r\n\r\nHTTP/1.1 408 not asked for\r\nContent-Length: 0\r\n\r\n",
      })
  void after_an_answer_that_is_the_last_or_unclear_nothing_moves(String answer) {
    proceedWith(GET);
    app(answer);

    assertThat(judge(GET, LATER)).isEqualTo("FORWARD");
    staysForGood();
  }

  @Test
  void events_that_go_on_and_on_are_no_boundary() {
    proceedWith(GET);
    app(CHUNKED);
    for (int i = 0; i < 3; i++) {
      app("9\r\ndata: 0\r\n\r\n");
      assertThat(exchange.isComplete()).isFalse();
      assertThat(judge(GET, LATER, 0)).isEqualTo("WAIT(1000)");
    }
  }

  @Test
  void what_is_no_request_after_a_whole_exchange_stays_for_good() {
    proceedWith(GET);
    app(OK);

    assertThat(judge(WEBSOCKET_FRAME, LATER)).isEqualTo("FORWARD");
    staysForGood();
  }

  // What began before it was looked at.

  @Test
  void a_quiet_connection_is_complete_and_its_next_request_may_move_after_some_silence() {
    begin(History.quiet(3));

    assertThat(exchange.isComplete()).isTrue();
    assertThat(judge(GET, 3)).isEqualTo("WAIT(17)");
    assertThat(exchange.hasProvenHttp()).isTrue();
    assertThat(judge(GET, 20)).isEqualTo("MOVE");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        TLS,
        WEBSOCKET_FRAME,
        "\202\022" + GET,
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 5000 80\r\n",
        "*1\r\n$4\r\nPING\r\n",
        "the rest of a body",
        "GET / HTTP/1.1\r\n\201\022",
        "GET / HTTP/1.1\r\nGET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      })
  void a_quiet_connection_that_goes_on_otherwise_stays(String bytes) {
    begin(History.quiet(LATER));

    assertThat(judge(bytes, LATER)).isEqualTo("FORWARD");
    staysUntilAnAnswer(bytes);
  }

  @Test
  void a_request_line_alone_makes_no_boundary_of_a_quiet_connection() {
    begin(History.quiet(LATER));
    for (String begun : new String[] {"GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: x\r\n"}) {
      assertThat(judge(begun, LATER, 0)).isEqualTo("MORE(1000)");
      assertThat(judge(begun, LATER, 1000)).isEqualTo("FORWARD");
      assertThat(exchange.hasProvenHttp()).isFalse();
    }
    assertThat(judge("GET / HTTP/1.1\r\n\r\n", LATER)).isEqualTo("MOVE");
    assertThat(judge("GET / HTTP/1.1\n\n", LATER)).isEqualTo("MOVE");
  }

  @Test
  void of_a_long_head_what_is_looked_at_is_enough() {
    begin(History.quiet(LATER));
    String head = "GET / HTTP/1.1\r\nCookie: " + "c".repeat(RequestLine.LOOK);

    assertThat(judge(head.substring(0, RequestLine.LOOK - 1), LATER)).isEqualTo("MORE(1000)");
    assertThat(judge(head.substring(0, RequestLine.LOOK), LATER)).isEqualTo("MOVE");
  }

  @Test
  void an_app_that_goes_on_while_a_request_waits_keeps_the_connection() {
    begin(History.quiet(0));
    assertThat(judge(GET, 0)).isEqualTo("WAIT(20)");
    app("the rest of something");

    assertThat(judge(GET, 0)).isEqualTo("FORWARD");
    staysForGood();
  }

  @Test
  void an_answer_whose_end_nobody_saw_is_not_complete_but_a_request_after_it_may_move() {
    begin(History.quiet(0));
    app("data: an event\n\n");

    assertThat(exchange.isComplete()).isFalse();
    assertThat(exchange.isOpen()).isFalse();
    assertThat(judge(GET, 19)).isEqualTo("WAIT(1)");
    assertThat(judge(GET, 20)).isEqualTo("MOVE");
  }

  @Test
  void the_rest_of_an_unknown_request_is_forwarded() {
    begin(History.BUSY);

    assertThat(exchange.isOpen()).isTrue();
    assertThat(judge(BODY_LIKE_A_REQUEST, LATER)).isEqualTo("FORWARD");
    client(BODY_LIKE_A_REQUEST);
    assertThat(judge(BODY_LIKE_A_REQUEST, LATER)).isEqualTo("FORWARD");
    client(BODY_LIKE_A_REQUEST);
    app(OK);
    assertThat(exchange.isOpen()).isFalse();
    assertThat(exchange.isComplete()).isTrue();
    assertThat(judge(GET, 0)).as("was there only one request?").isEqualTo("WAIT(20)");
    assertThat(judge(GET, 20)).isEqualTo("MOVE");
  }

  @Test
  void an_interim_answer_to_an_unknown_request_is_no_boundary() {
    begin(History.BUSY);
    app(CONTINUE);

    assertThat(judge(BODY_LIKE_A_REQUEST, LATER)).isEqualTo("FORWARD");
    client(BODY_LIKE_A_REQUEST);
    assertThat(judge(GET, LATER)).isEqualTo("FORWARD");
    client("more");
    app(OK);
    assertThat(judge(GET, 20)).isEqualTo("MOVE");
  }

  @Test
  void an_unknown_request_that_is_being_answered_is_no_boundary() {
    begin(History.BUSY);
    app(CHUNKED + "5\r\nhello\r\n");

    assertThat(exchange.isOpen()).isTrue();
    assertThat(judge(GET, LATER, 0)).isEqualTo("WAIT(1000)");
    app("0\r\n\r\n");
    assertThat(judge(GET, 20, 30)).isEqualTo("MOVE");
  }

  @Test
  void a_body_that_goes_on_after_an_early_answer_keeps_the_connection() {
    begin(History.BUSY);
    app("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");

    assertThat(judge("more of a body", LATER)).isEqualTo("FORWARD");
    staysUntilAnAnswer("more of a body");
  }

  @Test
  void the_answer_to_what_may_have_been_a_head_is_followed_by_silence() {
    begin(History.BUSY);
    app(OK_HEAD);

    assertThat(exchange.isComplete()).isFalse();
    assertThat(judge(GET, 19)).isEqualTo("WAIT(1)");
    assertThat(judge(GET, 20)).isEqualTo("MOVE");

    begin(History.BUSY);
    app(OK_HEAD);
    assertThat(judge(GET, 19)).isEqualTo("WAIT(1)");
    app("hel");
    assertThat(judge(GET, LATER)).as("it was no HEAD").isEqualTo("WAIT(1000)");
    app("lo");
    assertThat(judge(GET, 20)).isEqualTo("MOVE");
  }

  @Test
  void the_last_answer_to_an_unknown_request_keeps_the_connection() {
    for (String last :
        new String[] {
          SWITCHING,
          "HTTP/1.1 200 OK\r\n\r\n",
          "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        }) {
      begin(History.BUSY);
      app(last);

      assertThat(judge(GET, LATER)).isEqualTo("FORWARD");
      staysForGood();
    }
    begin(History.BUSY);
    app("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\n");
    assertThat(judge(GET, LATER, 0)).isEqualTo("WAIT(1000)");
  }

  @Test
  void an_unknown_client_that_is_ahead_is_never_trusted_without_silence() {
    begin(History.BUSY);
    app(OK_HEAD + "hel");
    assertThat(judge(HEAD, LATER, 1000)).isEqualTo("FORWARD");
    client(HEAD);
    app("lo");
    assertThat(judge(GET, LATER, 0)).as("one is still open").isEqualTo("WAIT(1000)");
    app(OK_HEAD);
    assertThat(judge(GET, 0)).as("and perhaps more").isEqualTo("WAIT(20)");
    assertThat(judge(GET, 20)).isEqualTo("MOVE");
    client(GET);
    app(OK);
    assertThat(judge(GET, 0)).as("trusted from there on").isEqualTo("MOVE");
  }

  @Test
  void an_app_in_the_middle_of_an_answer_is_followed_by_silence() {
    begin(History.BUSY);
    app("lo, world");

    assertThat(exchange.isComplete()).isFalse();
    assertThat(judge(GET, 19)).isEqualTo("WAIT(1)");
    assertThat(judge(GET, 20)).isEqualTo("MOVE");
  }

  @Test
  void a_request_that_the_owner_lets_through_makes_the_next_boundary_certain() {
    for (History history : new History[] {History.FRESH, History.quiet(LATER)}) {
      begin(history);
      assertThat(judge(HEAD, LATER)).isEqualTo("MOVE");
      client(HEAD);
      assertThat(judge(GET, LATER, 0)).isEqualTo("WAIT(1000)");
      app(OK_HEAD);
      assertThat(judge(GET, 0)).isEqualTo("MOVE");
    }
  }

  @Test
  void a_websocket_in_full_swing_stays() {
    begin(History.BUSY);
    client(WEBSOCKET_FRAME);
    app("\201\005hello");

    assertThat(judge(WEBSOCKET_FRAME, LATER)).isEqualTo("FORWARD");
    staysUntilAnAnswer(WEBSOCKET_FRAME);
  }

  @Test
  void without_anybody_asking_it_goes_on_following() {
    begin(History.FRESH);
    client(POST);
    client(BODY_LIKE_A_REQUEST);
    assertThat(exchange.isComplete()).isFalse();
    app(OK);

    assertThat(exchange.isComplete()).isTrue();
    assertThat(judge(GET, 0)).isEqualTo("MOVE");
  }

  private void begin(History history) {
    exchange = new Exchange(history);
    exchange.admit();
  }

  /** As if the owner had let through what was at a boundary. */
  private void proceedWith(String bytes) {
    begin(History.FRESH);
    assertThat(judge(bytes, 0)).isEqualTo("MOVE");
    client(bytes);
  }

  /** It may have been an upload, which shows by its answer. */
  private void staysUntilAnAnswer(String bytes) {
    assertThat(exchange.isOpaque()).isTrue();
    assertThat(exchange.mayBeBoundary()).isFalse();
    assertThat(exchange.isComplete()).isFalse();
    client(bytes);
    app("\201\002hi");
    assertThat(judge(GET, LATER)).isEqualTo("FORWARD");
    client(GET);
    app("\201\002hi");
    assertThat(judge(GET, LATER)).isEqualTo("FORWARD");
    client("the end of a body");
    app(OK);
    assertThat(exchange.isOpaque()).isFalse();
    assertThat(judge(GET, LATER)).isEqualTo("MOVE");
  }

  private void staysForGood() {
    assertThat(exchange.isOpaque()).isTrue();
    assertThat(exchange.mayBeBoundary()).isFalse();
    assertThat(exchange.isComplete()).isFalse();
    client(GET);
    app(OK);
    assertThat(judge(GET, LATER)).isEqualTo("FORWARD");
  }

  private String judge(String bytes, long silentMillis) {
    return judge(bytes, silentMillis, 0);
  }

  private String judge(String bytes, long silentMillis, long heldMillis) {
    ByteBuffer buffer = Bytes.within(Bytes.latin(bytes), 5);
    return exchange.judge(buffer, 5, 5 + bytes.length(), silentMillis, heldMillis).toString();
  }

  private void client(String bytes) {
    exchange.fromClient(Bytes.within(Bytes.latin(bytes), 3), 3, 3 + bytes.length());
  }

  private void app(String bytes) {
    exchange.fromApp(Bytes.within(Bytes.latin(bytes), 3), 3, 3 + bytes.length());
  }
}
