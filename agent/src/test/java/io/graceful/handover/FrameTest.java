package io.graceful.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.graceful.handover.Frame.Type;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameTest {

  private static final int FUZZ_CASES = Integer.getInteger("graceful.fuzz", 100_000);

  @ParameterizedTest
  @CsvSource({
    "HELLO, 4711, 1.0",
    "LISTENERS, 0, ''",
    "LISTENER, -1, tcp6 *:8080",
    "CLAIMED, 2147483647, unix /run/app.sock",
    "ABORT, -2147483648, 'caf\u00e9 \u20ac \ud83d\ude00'",
  })
  void what_was_encoded_is_decoded(Type type, int number, String text) throws Exception {
    Frame frame = Frame.decode(new Frame(type, number, text).encode());

    assertThat(frame.type()).isEqualTo(type);
    assertThat(frame.number()).isEqualTo(number);
    assertThat(frame.text()).isEqualTo(text);
  }

  @Test
  void has_the_documented_form() throws Exception {
    assertThat(HexFormat.of().formatHex(new Frame(Type.HELLO, 0x1234, "ab").encode()))
        .isEqualTo("01" + "00" + "00001234" + "0002" + "6162");
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_wherever_it_is_cut(Type type) throws Exception {
    byte[] whole = new Frame(type, 7, "tcp4 127.0.0.1:8080").encode();

    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> Frame.decode(cut)).isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', 'its graceful.jar speaks version -1 of the protocol, ours version 1'",
    "00, 'its graceful.jar speaks version 0 of the protocol, ours version 1'",
    "02, 'its graceful.jar speaks version 2 of the protocol, ours version 1'",
    "ff00000000000000, 'its graceful.jar speaks version 255 of the protocol, ours version 1'",
    "01, frame of 1 bytes is too short",
    "01000000000000, frame of 7 bytes is too short",
    "017f000000000000, unknown frame type 127",
    "01ff000000000000, unknown frame type 255",
    "0100000000000000aa, 1 bytes too many in a frame of type HELLO",
    "01000000000000016161, 1 bytes too many in a frame of type HELLO",
  })
  void says_what_is_wrong(String hex, String message) {
    assertThatThrownBy(() -> Frame.decode(HexFormat.of().parseHex(hex)))
        .isInstanceOf(IOException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0100000000000001ff", "0100000000000001c3", "0100000000000002c328"})
  void a_text_that_is_none_is_refused(String hex) {
    assertThatThrownBy(() -> Frame.decode(HexFormat.of().parseHex(hex)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void a_text_that_is_too_long_is_cut() throws Exception {
    Frame frame = Frame.decode(new Frame(Type.ABORT, 0, "é".repeat(65_536)).encode());

    assertThat(frame.text()).isEqualTo("é".repeat(8000));
  }

  /** Mostly frames with a few bytes changed: plain noise would not get past the version. */
  @Test
  void any_bytes_are_a_frame_or_an_io_exception() throws Exception {
    long seed = Long.getLong("graceful.fuzz.seed", new Random().nextLong());
    Random random = new Random(seed);
    int frames = 0;
    for (int i = 0; i < FUZZ_CASES; i++) {
      byte[] packet = packet(random);
      try {
        Frame.decode(packet);
        frames++;
      } catch (IOException expected) {
        // What a peer gets for such a packet.
      } catch (Throwable failure) {
        throw new AssertionError(
            "seed " + seed + ", case " + i + ": " + HexFormat.of().formatHex(packet), failure);
      }
    }
    assertThat(frames).as("packets that were frames, seed " + seed).isBetween(1, FUZZ_CASES - 1);
  }

  private static byte[] packet(Random random) throws IOException {
    Type[] types = Type.values();
    byte[] packet =
        new Frame(
                types[random.nextInt(types.length)],
                random.nextInt(),
                "tcp6 *:8080".substring(random.nextInt(11)))
            .encode();
    for (int changes = random.nextInt(4); changes > 0; changes--) {
      packet[random.nextInt(packet.length)] = (byte) random.nextInt();
    }
    return random.nextInt(4) == 0
        ? Arrays.copyOf(packet, random.nextInt(packet.length + 8))
        : packet;
  }

  /** Callers take EOFException for the death of the other process. */
  @Test
  void a_cut_text_is_not_mistaken_for_the_end_of_the_other_process() {
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> Frame.decode(new byte[] {1, 0, 0, 0, 0, 0, 0, 5, 'a'}))
        .isInstanceOf(java.io.IOException.class)
        .isNotInstanceOf(java.io.EOFException.class);
  }
}
