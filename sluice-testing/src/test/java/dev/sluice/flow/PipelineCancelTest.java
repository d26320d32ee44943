package dev.sluice.flow;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.channel.Channel;
import dev.sluice.channel.Received;
import dev.sluice.channel.Receiver;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Cancellations;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Pipelines that are cancelled at every suspension, and random ones against lists.
@Tag("needs-opens")
class PipelineCancelTest {
    private static final int COUNT = 8;

    /// What one run reads, and what came of it.
    private static final class Run {
        final Channel<Integer> source = Channel.buffered(COUNT);
        final List<Integer> got = new ArrayList<>();
        int open;

        Run() {
            for (int n = 0; n < COUNT; n++) {
                source.send(n);
            }
            source.close();
        }

        /// A stage whose `finally` must run.
        Pipeline<Integer> careful(Pipeline<Integer> before) {
            return Pipeline.generate(out -> {
                open++;
                try {
                    before.<RuntimeException>forEach(value -> {
                        Sluice.sleep(ofMillis(3));
                        out.yield(value);
                    });
                } finally {
                    open--;
                }
            });
        }

        /// What was taken from the source and did not come out is at most what the stages hold.
        void check(int held) {
            List<Integer> left = new ArrayList<>();
            while (source.tryReceive() instanceof Received.Value<Integer>(Integer value)) {
                left.add(value);
            }
            assertThat(open).isZero();
            assertThat(got).isEqualTo(IntStream.range(0, got.size()).boxed().toList());
            assertThat(left)
                    .isEqualTo(
                            IntStream.range(COUNT - left.size(), COUNT).boxed().toList());
            assertThat(COUNT - got.size() - left.size()).as("held").isBetween(0, held);
        }
    }

    private static void cancelEverywhere(UnaryOperator<Pipeline<Integer>> stages, int held) throws Exception {
        int cancelled = Cancellations.atEverySuspension(
                Run::new,
                run -> run.careful(stages.apply(run.careful(Pipeline.of(run.source))))
                        .forEach(run.got::add),
                run -> run.check(held));
        assertThat(cancelled).isPositive();
    }

    @Test
    void stagesInsideEachOtherHoldOneValue() throws Exception {
        cancelEverywhere(before -> before.map(n -> n).filter(n -> true).limit(COUNT), 1);
    }

    @Test
    void aBufferHoldsItsCapacityAndTwoHands() throws Exception {
        cancelEverywhere(before -> before.buffer(2), 2 + 2);
    }

    @Test
    void aMergeHoldsOneForEachTask() throws Exception {
        cancelEverywhere(before -> before.merge(Pipeline.of(List.of())), 2);
    }

    @Test
    void aZipHoldsOneOfEach() throws Exception {
        cancelEverywhere(
                before -> before.zip(Pipeline.of(IntStream.range(0, 99).boxed().toList()), (a, b) -> {
                    assertThat(a).isEqualTo(b);
                    return a;
                }),
                1);
    }

    @Test
    void aChunkHoldsWhatItHasGathered() throws Exception {
        cancelEverywhere(before -> flat(before.chunk(3)), 3);
        cancelEverywhere(before -> flat(before.chunk(3, ofMillis(5))), 3 + 1);
    }

    @Test
    void aThrottleHoldsOne() throws Exception {
        cancelEverywhere(before -> before.throttle(100, ofMillis(500)), 1);
    }

    private static Pipeline<Integer> flat(Pipeline<List<Integer>> chunks) {
        return Pipeline.generate(out -> chunks.<RuntimeException>forEach(chunk -> chunk.forEach(out::yield)));
    }

    @Test
    void oneThatWasStartedEndsItsReceiver() throws Exception {
        Cancellations.atEverySuspension(
                Run::new,
                run -> {
                    try (var group = TaskGroup.open()) {
                        Receiver<Integer> out =
                                run.careful(Pipeline.of(run.source)).buffer(1).start(group, 1);
                        out.forEach(run.got::add);
                        group.join();
                    }
                },
                run -> run.check(1 + 1 + 1 + 1 + 1));
    }

    /// Random stages over random numbers do what the same steps do to a list, whatever the order of the tasks.
    @Simulated(seeds = 200)
    void randomPipelinesDoAsListsDo(Simulation simulation) {
        RandomGenerator random = simulation.random();
        List<Integer> expected = IntStream.range(0, random.nextInt(40)).boxed().toList();
        Pipeline<Integer> pipeline = Pipeline.of(expected);
        for (int stages = random.nextInt(8); stages > 0; stages--) {
            int pick = random.nextInt(3, 12);
            switch (random.nextInt(8)) {
                case 0 -> {
                    pipeline = pipeline.map(n -> n + pick);
                    expected = expected.stream().map(n -> n + pick).toList();
                }
                case 1 -> {
                    pipeline = pipeline.filter(n -> n % pick != 1);
                    expected = expected.stream().filter(n -> n % pick != 1).toList();
                }
                case 2 -> {
                    pipeline = pipeline.limit(pick * 3L);
                    expected = expected.stream().limit(pick * 3L).toList();
                }
                case 3 -> pipeline = pipeline.buffer(pick);
                case 4 -> pipeline = pipeline.throttle(pick, ofMillis(100));
                case 5 -> pipeline = flat(pipeline.chunk(pick));
                case 6 -> pipeline = flat(pipeline.chunk(pick, ofMillis(pick)));
                default -> {
                    pipeline = pipeline.zip(Pipeline.of(expected).buffer(pick), Integer::sum);
                    expected = expected.stream().map(n -> n + n).toList();
                }
            }
        }
        assertThat(pipeline.toList()).isEqualTo(expected);
    }

    /// A stage that fails at a random value, anywhere: the values before it come out, in order, and all are
    /// closed.
    @Simulated(seeds = 200)
    void randomFailuresEndEverything(Simulation simulation) {
        RandomGenerator random = simulation.random();
        var run = new Run();
        int bad = random.nextInt(COUNT);
        Pipeline<Integer> pipeline = run.careful(Pipeline.of(run.source));
        int stages = random.nextInt(1, 5);
        int failing = random.nextInt(stages);
        for (int stage = 0; stage < stages; stage++) {
            boolean fails = stage == failing;
            pipeline = pipeline.map(n -> {
                if (fails && n == bad) {
                    throw new IllegalStateException("bad " + n);
                }
                return n;
            });
            pipeline = random.nextBoolean() ? pipeline.buffer(random.nextInt(1, 4)) : run.careful(pipeline);
        }
        Pipeline<Integer> whole = pipeline;
        assertThatThrownBy(() -> whole.forEach(run.got::add)).hasRootCauseMessage("bad " + bad);
        assertThat(run.open).isZero();
        assertThat(run.got).isEqualTo(IntStream.range(0, bad).boxed().toList());
    }
}
