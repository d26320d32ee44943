package dev.sluice.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.sluice.Sluice;
import dev.sluice.observe.WaitGraph;
import dev.sluice.observe.WaitGraph.Wait;
import dev.sluice.sync.Lock;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the wait graph says of generators, and of those who ask them.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GeneratorWaitTest {
    @Test
    void aGeneratorThatRestsWaitsForAnybodyAndNotForItself() {
        Sluice.run(() -> {
            try (Generator<Integer> numbers = Generator.of("numbers", out -> {
                for (int i = 0; ; i++) {
                    out.yield(i);
                }
            })) {
                assertThat(numbers.next()).isZero();
                WaitGraph graph = Sluice.waitGraph();
                assertThat(graph.waits())
                        .extracting(Wait::task, Wait::waitsFor)
                        .containsExactly(tuple("main/numbers", "somebody to ask generator main/numbers"));
                assertThat(graph.circles()).isEmpty();
            }
        });
    }

    @Test
    void aGeneratorThatNeedsWhatItsAskerHoldsIsInACircle() {
        Lock lock = new Lock("page");
        Sluice.run(() -> TaskGroup.run(group -> {
            Task<Void> asker = group.start("asker", () -> {
                try (Generator<Integer> lines = Generator.of("lines", out -> lock.run(() -> out.yield(1)))) {
                    lock.run(lines::next);
                }
            });
            while (Sluice.waitGraph().circles().isEmpty()) {
                Sluice.yield();
            }
            assertThat(Sluice.waitGraph().circles())
                    .singleElement()
                    .satisfies(circle -> assertThat(circle.waits())
                            .extracting(Wait::task, Wait::waitsFor)
                            .containsExactlyInAnyOrder(
                                    tuple("main/asker", "generator main/asker/lines"),
                                    tuple("main/asker/lines", "lock page")));
            asker.cancel("seen");
        }));
    }
}
