package io.graceful.notice;

import io.graceful.log.Log;
import io.graceful.os.Reactor;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UnsupportedEncodingException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URL;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Gets the facts as the fields of a form, by POST; {@code {event}} in the address stands for the
 * event. Each request has a thread and a connection of its own, so that it leaves nothing behind in
 * the application's process.
 */
final class WebAddress implements Recipient {

  private static final String EVENT = "{event}";

  private final String address;
  private final long limitMillis;
  private final String limit;
  private final Reactor reactor;
  private final Log log;

  WebAddress(String address, long limitMillis, String limit, Reactor reactor, Log log) {
    this.address = address;
    this.limitMillis = limitMillis;
    this.limit = limit;
    this.reactor = reactor;
    this.log = log;
  }

  /** Rather than a path. */
  static boolean isOne(String value) {
    return value.startsWith("http://") || value.startsWith("https://");
  }

  @Override
  public void tell(String event, Map<String, String> facts, Consumer<String> whenDone) {
    new Request(address.replace(EVENT, event), event, form(facts), whenDone).begin();
  }

  private static byte[] form(Map<String, String> facts) {
    StringBuilder form = new StringBuilder();
    try {
      for (Map.Entry<String, String> fact : facts.entrySet()) {
        form.append(form.length() == 0 ? "" : "&")
            .append(fact.getKey())
            .append('=')
            .append(URLEncoder.encode(fact.getValue(), "UTF-8"));
      }
    } catch (UnsupportedEncodingException impossible) {
      throw new IllegalStateException(impossible);
    }
    return form.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private final class Request implements Runnable {
    private final String url;
    private final String event;
    private final byte[] body;
    private final Consumer<String> whenDone;
    private Reactor.Timer deadline;
    private boolean over;

    Request(String url, String event, byte[] body, Consumer<String> whenDone) {
      this.url = url;
      this.event = event;
      this.body = body;
      this.whenDone = whenDone;
    }

    void begin() {
      deadline =
          reactor.after(
              limitMillis, () -> end("did not answer within " + limit + " (hook.timeout)"));
      Thread thread = new Thread(this, "graceful-hook");
      thread.setDaemon(true);
      thread.start();
    }

    @Override
    public void run() {
      String problem = post();
      reactor.post(() -> end(problem));
    }

    /**
     * @return null if the answer was 2xx
     */
    private String post() {
      try {
        HttpURLConnection connection =
            (HttpURLConnection) new URL(url).openConnection(Proxy.NO_PROXY);
        connection.setRequestMethod("POST");
        connection.setDoOutput(true);
        connection.setUseCaches(false);
        connection.setInstanceFollowRedirects(false);
        connection.setConnectTimeout((int) limitMillis);
        connection.setReadTimeout((int) limitMillis);
        connection.setFixedLengthStreamingMode(body.length);
        connection.setRequestProperty("Content-Type", "application/x-www-form-urlencoded");
        connection.setRequestProperty("Connection", "close"); // Else the JDK keeps it, in a thread.
        try (OutputStream out = connection.getOutputStream()) {
          out.write(body);
        }
        int status = connection.getResponseCode();
        connection.disconnect();
        return status / 100 == 2 ? null : "answered " + status;
      } catch (SocketTimeoutException late) {
        return "did not answer within " + limit + " (hook.timeout)";
      } catch (IOException | RuntimeException failure) {
        return "can't be asked: " + failure;
      }
    }

    /** The first word counts. */
    private void end(String problem) {
      if (over) {
        return;
      }
      over = true;
      deadline.cancel();
      if (problem != null) {
        log.error("hook: " + url + " " + event + " " + problem);
      }
      whenDone.accept(problem == null ? null : "the hook " + url + " " + problem);
    }
  }
}
