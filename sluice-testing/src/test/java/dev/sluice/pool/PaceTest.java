package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
    private final Pace pace = new Pace();

    @Test
    void aWorkerThatNobodyKnowsHasOneCall() {
        assertThat(pace.calls()).isOne();
    }

    @Test
    void aFastOneHasMoreByAndBy() {
        pace.answered(1, 50_000);
        assertThat(pace.calls()).isOne();
        for (int i = 0; i < 50; i++) {
            pace.answered(1, 50_000);
        }
        assertThat(pace.calls()).isBetween(15, 20);
        for (int i = 0; i < 50; i++) {
            pace.answered(100, 100_000);
        }
        assertThat(pace.calls()).isEqualTo(Pace.MOST);
    }

    @Test
    void aSlowCallEndsItAtOnce() {
        for (int i = 0; i < 50; i++) {
            pace.answered(100, 100_000);
        }
        pace.answered(1, 5_000_000);
        assertThat(pace.calls()).isOne();
    }

    @Test
    void aCallThatIsLateEndsItAtOnce() {
        for (int i = 0; i < 50; i++) {
            pace.answered(100, 100_000);
        }
        pace.late();
        assertThat(pace.calls()).isOne();
    }

    @Test
    void noTimeAtAllIsFast() {
        for (int i = 0; i < 100; i++) {
            pace.answered(1, 0);
        }
        assertThat(pace.calls()).isEqualTo(Pace.MOST);
    }
}
