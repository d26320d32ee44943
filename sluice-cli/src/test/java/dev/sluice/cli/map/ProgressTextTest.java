package dev.sluice.cli.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ProgressTextTest {
    private static final long SECOND = 1_000_000_000;

    private final ProgressText text = new ProgressText(7);

    @Test
    void withoutATotalItCounts() {
        assertThat(text.at(7 + SECOND, counts(120, 0, 0, 4), OptionalLong.empty()))
                .isEqualTo("120 done, 4 running, 120/s");
    }

    @Test
    void withATotalItTellsTheTimeLeft() {
        assertThat(text.at(7 + 10 * SECOND, counts(90, 10, 0, 2), OptionalLong.of(400)))
                .isEqualTo("25% 100/400 done, 10 failed, 2 running, 10/s, 0:30 left");
    }

    @Test
    void whatAnEarlierRunDidDoesNotCountAsSpeed() {
        assertThat(text.at(7 + 10 * SECOND, counts(10, 0, 500, 2), OptionalLong.of(610)))
                .isEqualTo("83% 510/610 done, 2 running, 1.0/s, 1:40 left");
    }

    @Test
    void theRateIsThatOfTheLastSeconds() {
        for (int i = 1; i <= 100; i++) {
            text.at(7 + i * SECOND, counts(0, 0, 0, 1), OptionalLong.empty());
        }
        assertThat(text.at(7 + 101 * SECOND, counts(1600, 0, 0, 1), OptionalLong.empty()))
                .endsWith("100/s");
    }

    @Test
    void slowItemsAreCountedByTheMinute() {
        assertThat(text.at(7 + 100 * SECOND, counts(5, 0, 0, 1), OptionalLong.empty()))
                .endsWith("3.0/min");
    }

    @Test
    void aGuessedTotalThatWasTooSmallIsCorrected() {
        assertThat(text.at(7 + SECOND, counts(10, 0, 0, 1), OptionalLong.of(5))).startsWith("100% 10/10 done");
    }

    @Test
    void timesHaveTheFormOfAClock() {
        assertThat(ProgressText.span(0.2)).isEqualTo("0:01");
        assertThat(ProgressText.span(59)).isEqualTo("0:59");
        assertThat(ProgressText.span(3599)).isEqualTo("59:59");
        assertThat(ProgressText.span(3 * 3600 + 65)).isEqualTo("3:01:05");
    }

    private static Tally.Counts counts(long done, long failed, long skipped, long running) {
        return new Tally.Counts(done, failed, 0, running, skipped, 0);
    }
}
