package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChannelExamplesTest {
    @Test
    void eachOrderIsPackedOnce() throws Exception {
        List<String> lines = Printed.by(Consumers::main).lines();
        assertThat(lines).hasSize(7).last().isEqualTo("all packed");
        assertThat(lines.subList(0, 6)).allMatch(line -> line.matches("order [1-6] packed by (red|blue)"));
        assertThat(lines.subList(0, 6).stream().map(line -> line.substring(0, "order 1".length())))
                .containsExactlyInAnyOrder("order 1", "order 2", "order 3", "order 4", "order 5", "order 6");
    }

    @Test
    void stagesKeepTheOrder() throws Exception {
        assertThat(Printed.by(Pipeline::main).lines()).containsExactly("9", "16", "25");
    }

    @Test
    void bothSourcesAreReadUntilTheyAreSilent() throws Exception {
        List<String> lines = Printed.by(Merge::main).lines();
        assertThat(lines)
                .containsExactlyInAnyOrder("rain", "sun", "both are silent")
                .last()
                .isEqualTo("both are silent");
    }
}
