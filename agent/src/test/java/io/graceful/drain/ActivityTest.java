package io.graceful.drain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ActivityTest {

  private static final int QUIET = 2000;

  private final Activity activity = new Activity();

  @ParameterizedTest
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          bytesReceived, everAnswered, receivedAgo, sentAgo, unread, unsent, busy
          # nothing was ever sent: fresh, then idle
          0,             false,        0,           0,       0,      0,      true
          0,             false,        1999,        1999,    0,      0,      true
          0,             false,        2000,        2000,    0,      0,      false
          0,             false,        60000,       60000,   0,      0,      false
          # a request that was never answered, however old it is
          1,             false,        0,           0,       0,      0,      true
          1,             false,        60000,       60000,   0,      0,      true
          # a request later than the last answer
          900,           true,         10,          11,      0,      0,      true
          900,           true,         60000,       70000,   0,      0,      true
          # answered, but the answer may go on
          900,           true,         500,         100,     0,      0,      true
          900,           true,         5000,        1999,    0,      0,      true
          900,           true,         100,         100,     0,      0,      true
          # answered and quiet
          900,           true,         5000,        2000,    0,      0,      false
          900,           true,         2000,        2000,    0,      0,      false
          # the app has not read, or the client not received, everything
          900,           true,         60000,       60000,   1,      0,      true
          900,           true,         60000,       60000,   0,      1,      true
          0,             false,        60000,       60000,   0,      1,      true
          """)
  void judges_a_connection_that_it_sees_for_the_first_time(
      long bytesReceived,
      boolean everAnswered,
      long receivedAgo,
      long sentAgo,
      int unread,
      int unsent,
      boolean busy) {
    Activity.Sample sample = sample(bytesReceived, everAnswered ? 1 : 0, receivedAgo, sentAgo);
    sample.unread = unread;
    sample.unsent = unsent;

    assertThat(activity.isBusy(sample, QUIET)).isEqualTo(busy);
  }

  /** A look every 100 ms hardly ever meets a request that is answered within one. */
  @Test
  void between_two_requests_of_a_conversation_nothing_is_in_progress() {
    assertThat(activity.isBusy(answered(100, 1), QUIET)).isTrue();
    assertThat(activity.isBusy(answered(200, 2), QUIET)).isTrue();
    assertThat(activity.isBusy(answered(300, 3), QUIET)).isFalse();
    assertThat(activity.isBusy(unanswered(400, 3), QUIET)).as("a request again").isTrue();
    assertThat(activity.isBusy(answered(400, 4), QUIET)).isFalse();
  }

  @Test
  void one_long_answer_is_no_conversation() {
    for (int look = 0; look < 100; look++) {
      assertThat(activity.isBusy(answered(900, look + 1), QUIET)).isTrue();
    }
  }

  @Test
  void long_answer_after_a_conversation_is_in_progress() {
    for (int exchange = 1; exchange <= 10; exchange++) {
      activity.isBusy(answered(exchange * 100, exchange), QUIET);
    }
    assertThat(activity.isBusy(unanswered(1100, 10), QUIET)).isTrue();
    assertThat(activity.isBusy(answered(1100, 11), QUIET)).as("just answered").isFalse();
    assertThat(activity.isBusy(answered(1100, 20), QUIET)).as("and goes on").isTrue();
    assertThat(activity.isBusy(answered(1100, 30), QUIET)).isTrue();
  }

  private static Activity.Sample answered(long bytesReceived, int segmentsSent) {
    return sample(bytesReceived, segmentsSent, 20, 10);
  }

  private static Activity.Sample unanswered(long bytesReceived, int segmentsSent) {
    return sample(bytesReceived, segmentsSent, 10, 20);
  }

  private static Activity.Sample sample(
      long bytesReceived, int segmentsSent, long receivedAgo, long sentAgo) {
    Activity.Sample sample = new Activity.Sample();
    sample.bytesReceived = bytesReceived;
    sample.segmentsSent = segmentsSent;
    sample.receivedAgo = receivedAgo;
    sample.sentAgo = sentAgo;
    return sample;
  }
}
