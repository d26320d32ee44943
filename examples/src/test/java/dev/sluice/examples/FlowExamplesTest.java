package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FlowExamplesTest {
    @Test
    void primesComeOneAtATime() throws Exception {
        assertThat(Printed.by(PrimeNumbers::main).lines())
                .containsExactly("2", "3", "5", "7", "11", "13", "17", "19", "23", "29");
    }

    @Test
    void readingsAreStoredInBatches() throws Exception {
        assertThat(Printed.by(Readings::main).lines()).containsExactly("stored 3 readings", "stored 1 readings");
    }
}
