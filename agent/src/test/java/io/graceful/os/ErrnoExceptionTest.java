package io.graceful.os;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrnoExceptionTest {

  @ParameterizedTest
  @CsvSource({
    "1, EPERM (operation not permitted)",
    "2, ENOENT (no such file or directory)",
    "13, EACCES (permission denied)",
    "24, EMFILE (too many open files: limit of open files reached)",
    "32, EPIPE (the other process is gone)",
    "98, EADDRINUSE (address already in use)",
    "107, ENOTCONN (not connected: the other side has left)",
    "110, ETIMEDOUT (no answer in time)",
    "111, ECONNREFUSED (nobody listens there)",
    "71, errno 71",
  })
  void says_what_an_errno_means(int errno, String meaning) {
    assertThat(new ErrnoException("connect", errno))
        .hasMessage("connect: " + meaning)
        .extracting(ErrnoException::errno)
        .isEqualTo(errno);
  }
}
