package dev.sluice.cancel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0 ns",
        "0, 1500, 1.5 µs",
        "0, 150000000, 150 ms",
        "1, 500000000, 1.5 s",
        "3780, 0, 1 h 3 min",
        "-2, 0, -2 s",
        "9223372036854775807, 999999999, 2562047788015215 h 30 min",
        "-9223372036854775808, 0, -2562047788015215 h 30 min"
    })
    void prints(long seconds, long nanos, String text) {
        assertThat(Durations.print(Duration.ofSeconds(seconds, nanos))).isEqualTo(text);
    }
}
