package dev.sluice.cli.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DidYouMeanTest {
    private static final List<String> WORDS = List.of("map", "doctor", "--jobs", "--joblog", "--unordered", "-j");

    @Test
    void findsTheNearestWord() {
        assertThat(DidYouMean.closest("mpa", WORDS)).contains("map");
        assertThat(DidYouMean.closest("Docter", WORDS)).contains("doctor");
        assertThat(DidYouMean.closest("--job-log", WORDS)).contains("--joblog");
        assertThat(DidYouMean.closest("--job", WORDS)).contains("--jobs");
        assertThat(DidYouMean.closest("--unorderd", WORDS)).contains("--unordered");
    }

    @Test
    void saysNothingRatherThanNonsense() {
        assertThat(DidYouMean.closest("--verbose", WORDS)).isEmpty();
        assertThat(DidYouMean.closest("xyz", WORDS)).isEmpty();
        assertThat(DidYouMean.closest("-x", WORDS)).isEmpty();
        assertThat(DidYouMean.closest("", WORDS)).isEmpty();
    }

    @Test
    void countsChangesAdditionsRemovalsAndSwaps() {
        assertThat(DidYouMean.distance("abc", "abc")).isZero();
        assertThat(DidYouMean.distance("", "abc")).isEqualTo(3);
        assertThat(DidYouMean.distance("abc", "axc")).isEqualTo(1);
        assertThat(DidYouMean.distance("abc", "acb")).isEqualTo(1);
        assertThat(DidYouMean.distance("kitten", "sitting")).isEqualTo(3);
    }
}
