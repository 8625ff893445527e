package io.graceful.os;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class IoUringTest {

  /** The same number on both machines (asm-generic/unistd.h). */
  private static final int IO_URING_SETUP = 425;

  private static final int PARAMETERS_SIZE = 120;

  /** Where the kernel or the container has none, it is not in use either. */
  @Test
  void in_use_is_what_has_a_ring() throws IOException {
    assertThat(IoUring.isInUse(LIBC)).isFalse();
    try (NativeMemory parameters = new NativeMemory(PARAMETERS_SIZE)) {
      int ring = (int) LIBC.calls.call("syscall", IO_URING_SETUP, 2, parameters.address);
      assertThat(IoUring.isInUse(LIBC)).isEqualTo(ring >= 0);
      if (ring >= 0) {
        LIBC.close(ring);
      }
    }
    assertThat(IoUring.isInUse(LIBC)).isFalse();
  }
}
