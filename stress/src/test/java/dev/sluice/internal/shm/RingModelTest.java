package dev.sluice.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// No state of the queue's ring is wrong, and from each of them everything can still be delivered.
class RingModelTest {
    private static final int MOST_STATES = 2_000_000;

    /// Slots, messages of each producer, consumers, kills, stalls, returns.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "2 2,1 1 1 0 0",
                "2 1,1 2 1 0 1",
                "2 1,1,1 1 1 1 0",
                "2 2,1 2 1 0 0",
                "2 2,1 1 2 1 0",
                "1 1,1 2 2 0 1",
                "3 2,1 1 2 1 0",
                "2 1,1 2 1 1 1",
                "2 2,2 1 1 0 1",
            })
    void everyStateIsRight(String size) {
        StateSearch.Result result =
                new StateSearch(new RingModel(RingModel.Size.of(size.split(" ", -1)))).run(MOST_STATES);
        assertThat(result.states()).isGreaterThan(1000);
        assertThat(result.stuck()).as("%s", result).isZero();
    }
}
