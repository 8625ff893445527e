package io.graceful.it.load;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the test apps say about themselves: {@code pid=4711 generation=2}.
 *
 * @param pid the process that answered
 * @param generation 1 for the process that was started by hand
 */
public record Greeting(long pid, int generation) {
  private static final Pattern FORM = Pattern.compile("pid=(\\d{1,10}) generation=(\\d{1,9})\n");

  public static Greeting parse(String body) throws RequestFailed {
    Matcher matcher = FORM.matcher(body);
    if (!matcher.matches()) {
      throw new RequestFailed(Failure.WRONG_BODY, "not a greeting: " + abbreviated(body));
    }
    return new Greeting(Long.parseLong(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  /**
   * The longer form, which the server can only know from the connection and the request: {@code
   * pid=4711 generation=2 peer=50123 tag=17}.
   *
   * @param port of the client, 0 if it has none
   * @param tag that the client gave to its request
   */
  static Greeting parse(String body, int port, long tag) throws RequestFailed {
    String proof = " peer=" + port + " tag=" + tag + "\n";
    if (!body.endsWith(proof)) {
      throw new RequestFailed(
          Failure.WRONG_BODY, "no answer to" + proof.stripTrailing() + ": " + abbreviated(body));
    }
    return parse(body.substring(0, body.length() - proof.length()) + "\n");
  }

  private static String abbreviated(String body) {
    return body.length() <= 80 ? body : body.substring(0, 80) + "... (" + body.length() + " chars)";
  }
}
