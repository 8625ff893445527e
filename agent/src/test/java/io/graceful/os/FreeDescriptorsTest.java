package io.graceful.os;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeavesNoDescriptor.class)
class FreeDescriptorsTest {

  @Test
  void enough_are_enough() throws Exception {
    FreeDescriptors.require(LIBC, 20);
    try (FewDescriptors left = new FewDescriptors(21)) { // One more, for a moment.
      FreeDescriptors.require(LIBC, 20);
    }
  }

  @Test
  void too_few_are_an_error_that_names_the_limit() throws Exception {
    String limit;
    IOException failure = complaint(20);
    assertThat(failure).as("there are plenty").isNull();
    try (FewDescriptors left = new FewDescriptors(19)) {
      limit = String.valueOf(FewDescriptors.limit());
      failure = complaint(20);
    }
    assertThat(failure)
        .hasMessage(
            "fewer than 20 descriptors are left below the limit of open files (ulimit -n: "
                + limit
                + "), raise it");
  }

  @Test
  void what_is_left_is_the_applications_meanwhile() throws Exception {
    complaint(20); // Later no class can be read from its file.
    AtomicBoolean over = new AtomicBoolean();
    Thread looking =
        new Thread(
            () -> {
              while (!over.get()) {
                complaint(20);
              }
            });
    try (FewDescriptors left = new FewDescriptors(12)) {
      looking.start();
      for (int round = 0; round < 2000; round++) {
        int[] opened = new int[6];
        for (int i = 0; i < opened.length; i++) {
          opened[i] = LIBC.eventCounter();
        }
        for (int fd : opened) {
          LIBC.close(fd);
        }
      }
    } finally {
      over.set(true);
      looking.join();
    }
  }

  private static IOException complaint(int needed) {
    try {
      FreeDescriptors.require(LIBC, needed);
      return null;
    } catch (IOException failure) {
      return failure;
    }
  }
}
