package io.graceful.it.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** The settings of this module's JUnit: nothing can be skipped without failing. */
class SkippedTestsFailTest {
  @Test
  void disabled_test_runs_all_the_same() {
    assertFails(DisabledSample.class);
  }

  @Test
  void failed_assumption_is_a_failure() {
    assertFails(AssumingSample.class);
  }

  @Test
  void failed_assumption_in_a_set_up_is_a_failure() {
    assertFails(AssumingSetUpSample.class);
  }

  private static void assertFails(Class<?> sample) {
    Events tests =
        EngineTestKit.engine("junit-jupiter")
            .enableImplicitConfigurationParameters(true)
            .selectors(selectClass(sample))
            .execute()
            .testEvents();
    assertThat(tests.skipped().count() + tests.aborted().count()).isZero();
    assertThat(tests.failed().count()).isEqualTo(1);
  }

  static class DisabledSample {
    @Test
    @Disabled("nobody should be able to do this quietly")
    void broken() {
      throw new AssertionError("broken");
    }
  }

  static class AssumingSample {
    @Test
    void assuming() {
      Assumptions.assumeTrue(false);
    }
  }

  static class AssumingSetUpSample {
    @BeforeEach
    void assuming() {
      Assumptions.assumeTrue(false);
    }

    @Test
    void fine() {}
  }
}
