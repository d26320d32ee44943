package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SpaceExamplesTest {
    @Test
    void nothingIsLostWhenAWorkerFails() throws Exception {
        assertThat(Printed.by(WorkQueue::main).lines())
                .containsExactlyInAnyOrder(
                        "sea printed", "hill goes back: out of paper", "hill printed", "town printed");
    }

    @Test
    void noUpdateIsLost() throws Exception {
        assertThat(Printed.by(SharedSettings::main).lines())
                .containsExactly("rendered at rate 3", "rendered at rate 3", "rendered at rate 3", "done: 3");
    }
}
