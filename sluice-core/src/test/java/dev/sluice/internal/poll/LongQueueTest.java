package dev.sluice.internal.poll;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LongQueueTest {
    @Test
    void keepsTheOrderWhileItGrows() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        var queue = new LongQueue();
        var expected = new ArrayDeque<Long>();
        for (int step = 0; step < 50_000; step++) {
            if (random.nextInt(5) < 3 || expected.isEmpty()) {
                long value = random.nextLong();
                queue.add(value);
                expected.add(value);
            } else {
                assertThat(queue.remove()).as("step %d, seed=%d", step, seed).isEqualTo(expected.remove());
            }
            assertThat(queue.size()).isEqualTo(expected.size());
        }
        while (!queue.isEmpty()) {
            assertThat(queue.remove()).isEqualTo(expected.remove());
        }
        assertThat(expected).isEmpty();
    }
}
