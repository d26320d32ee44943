package dev.sluice.cli.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {
    @ParameterizedTest
    @CsvSource({
        "500ms,PT0.5S",
        "2s,PT2S",
        "2,PT2S",
        "1.5m,PT1M30S",
        "1h,PT1H",
        "0.25h,PT15M",
        "1d,PT24H",
        "0.001ms,PT0.000001S"
    })
    void readsWhatPeopleType(String text, Duration expected) throws UsageException {
        assertThat(DurationText.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "2 s", "-1s", "1.s", ".5s", "2min", "1e3s", "0x1s", "1h30m", "2S", "\u0662s"})
    void refusesTheRestAndSaysWhatItExpects(String text) {
        assertThatThrownBy(() -> DurationText.parse(text))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("500ms, 2s, 1.5m or 1h");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0ms", "366d", "999999999999d", "0.0000001ms"})
    void refusesWhatIsNoUsefulLimit(String text) {
        assertThatThrownBy(() -> DurationText.parse(text))
                .hasMessageContaining("expected more than 0 and at most 365d");
    }

    @Test
    void takesAWholeYear() throws UsageException {
        assertThat(DurationText.parse("365d")).isEqualTo(Duration.ofDays(365));
    }
}
