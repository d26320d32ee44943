package dev.sluice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.poll.PollerChoice;
import dev.sluice.internal.poll.PollerConfig;
import dev.sluice.internal.poll.Pollers;
import dev.sluice.internal.poll.Refusal;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A group whose loops did not all get the same back end.
class MixedBackendsTest {
    @Test
    void theLoopThatGotLeastSaysWhatTheyCan() {
        Pollers.Opened floor = Pollers.open(PollerChoice.NIO, PollerConfig.defaults());
        try (var poller = floor.poller()) {
            var best = new Pollers.Opened(poller, List.of());
            var least = new Pollers.Opened(poller, List.of(new Refusal("io_uring", "no memory to lock is left")));
            assertThat(Startup.least(List.of(best, least, best))).isSameAs(least);
        }
    }
}
