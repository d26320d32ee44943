package dev.sluice.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class ReadyQueueTest {
    @Test
    void itIsFirstInFirstOutThroughAllSizes() {
        long seed = Long.getLong("sluice.test.seed", System.nanoTime());
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        var queue = new ReadyQueue.Fifo();
        Deque<Runnable> model = new ArrayDeque<>();
        for (int step = 0; step < 200_000; step++) {
            // Grows to thousands and shrinks to nothing, several times.
            boolean grow = random.nextInt(100) < (step / 10_000 % 2 == 0 ? 70 : 30);
            if (grow || model.isEmpty()) {
                Runnable one = new Numbered(step);
                queue.add(one);
                model.add(one);
            } else {
                assertThat(queue.take()).as("seed %s, step %s", seed, step).isSameAs(model.poll());
            }
            if (step % 1000 == 0) {
                queue.trim();
            }
            assertThat(queue.size()).as("seed %s, step %s", seed, step).isEqualTo(model.size());
            assertThat(queue.isEmpty()).isEqualTo(model.isEmpty());
        }
    }

    private record Numbered(int number) implements Runnable {
        @Override
        public void run() {}
    }

    @Test
    void whatWasTakenLastIsKnownUntilNothingRuns() {
        var queue = new ReadyQueue.Fifo();
        assertThat(queue.running()).isNull();
        for (int burst : new int[] {1, 255, 256, 5000, 1}) {
            queue.add(new Numbered(-burst));
            Runnable running = queue.take();
            for (int i = 0; i < burst; i++) {
                queue.add(new Numbered(i));
                assertThat(queue.running()).as("while %s are added", burst).isSameAs(running);
            }
            for (int i = 0; i < burst; i++) {
                assertThat(queue.take()).isEqualTo(new Numbered(i)).isSameAs(queue.running());
            }
            queue.idle();
            queue.trim();
            assertThat(queue.running()).isNull();
        }
    }

    @Test
    void aBurstGivesItsMemoryBack() {
        var queue = new ReadyQueue.Fifo();
        int small = queue.ring.length;
        for (int i = 0; i < 200_000; i++) {
            queue.add(() -> {});
        }
        assertThat(queue.ring.length).isGreaterThanOrEqualTo(200_000);
        queue.trim();
        assertThat(queue.size()).as("trimming loses nothing").isEqualTo(200_000);
        for (int i = 0; i < 200_000; i++) {
            queue.take();
        }
        queue.trim();
        assertThat(queue.ring.length).isEqualTo(small);
    }

    @Test
    void whatWasTakenIsForgotten() {
        var queue = new ReadyQueue.Fifo();
        for (int round = 0; round < 1000; round++) {
            queue.add(() -> {});
            queue.add(() -> {});
            queue.take();
            queue.take();
        }
        queue.idle();
        assertThat(queue.ring).containsOnlyNulls();
    }
}
