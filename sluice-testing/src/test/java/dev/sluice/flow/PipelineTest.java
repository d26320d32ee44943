package dev.sluice.flow;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.THROWABLE;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.cancel.DeadlineExceededException;
import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelFailedException;
import dev.sluice.channel.Offer;
import dev.sluice.channel.Receiver;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskFailedException;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What stages make of values, and how a run ends.
@Tag("needs-opens")
class PipelineTest {
    private final List<String> seen = new ArrayList<>();

    private static Pipeline<Integer> numbers(int count) {
        return Pipeline.of(IntStream.rangeClosed(1, count).boxed().toList());
    }

    /// 1, 2, 3, … for ever; tells when it is cleaned up.
    private Pipeline<Integer> endless(String name) {
        return Pipeline.generate(out -> {
            try {
                for (int n = 1; ; n++) {
                    out.yield(n);
                }
            } finally {
                seen.add(name);
            }
        });
    }

    private static <T> Pipeline<T> failingAfter(Pipeline<T> before, String message) {
        return Pipeline.generate(out -> {
            before.<RuntimeException>forEach(out::yield);
            throw new IOException(message);
        });
    }

    @Simulated(seeds = 5)
    void stagesDoWhatTheyAreCalled() {
        assertThat(numbers(6).map(n -> n * n).filter(n -> n % 2 == 0).toList()).containsExactly(4, 16, 36);
        assertThat(numbers(6).limit(2).toList()).containsExactly(1, 2);
        assertThat(numbers(6).limit(0).toList()).isEmpty();
        assertThat(numbers(5).chunk(2).toList()).containsExactly(List.of(1, 2), List.of(3, 4), List.of(5));
        assertThat(numbers(0).chunk(2).toList()).isEmpty();
        assertThat(numbers(6).buffer(2).toList()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(numbers(3).zip(endless("zip"), (a, b) -> a * 10 + b).toList())
                .containsExactly(11, 22, 33);
        assertThat(endless("left").zip(numbers(2), Integer::sum).toList()).containsExactly(2, 4);
        assertThat(seen).containsExactly("zip", "left");
    }

    @Simulated(seeds = 50)
    void mergeTakesValuesAsTheyCome() {
        List<Integer> merged = numbers(20)
                .merge(numbers(20).map(n -> n + 100), numbers(20).map(n -> n + 200))
                .toList();
        assertThat(merged).hasSize(60).doesNotHaveDuplicates();
        for (int source = 0; source < 3; source++) {
            int own = source;
            assertThat(merged.stream().filter(n -> n / 100 == own)).isSorted();
        }
    }

    @Simulated(seeds = 10)
    void sourcesAreAskedNoFurtherThanWanted() {
        Channel<Integer> channel = Channel.buffered(10);
        IntStream.range(0, 10).forEach(channel::send);
        assertThat(Pipeline.of(channel).limit(3).toList()).containsExactly(0, 1, 2);
        assertThat(channel.receive()).isEqualTo(3);
        assertThat(endless("limit").map(n -> n).limit(3).toList()).hasSize(3);
        assertThat(endless("buffer").buffer(5).limit(3).toList()).hasSize(3);
        assertThat(endless("merge").merge(endless("merged")).limit(3).toList()).hasSize(3);
        assertThat(endless("chunk").chunk(2, ofSeconds(1)).limit(3).toList()).hasSize(3);
        assertThat(seen).contains("limit", "buffer", "merge", "merged", "chunk").hasSize(5);
    }

    @Simulated(seeds = 10)
    void aSourceThatHasNothingDoesNotHoldUpTheEnd() {
        Pipeline<Integer> silent = Pipeline.of(Channel.<Integer>rendezvous());
        assertThat(silent.merge(numbers(3)).limit(2).toList()).containsExactly(1, 2);
    }

    @Simulated(seeds = 10)
    void nothingIsAheadFurtherThanItsBuffer() {
        var made = new ArrayList<Integer>();
        try (var group = TaskGroup.open()) {
            Receiver<Integer> out = endless("end")
                    .map(n -> {
                        made.add(n);
                        return n;
                    })
                    .buffer(3)
                    .start(group, 1);
            Simulation.awaitAllBlocked();
            // One in the receiver, one in the hand of the task that sends to it, three in the buffer, one in
            // the hand.
            assertThat(made).hasSize(6);
            assertThat(out.receive()).isEqualTo(1);
            Simulation.awaitAllBlocked();
            assertThat(made).hasSize(7);
            out.cancel(dropped -> {});
            group.join();
        }
        assertThat(seen).containsExactly("end");
    }

    @Simulated(seeds = 10)
    void throttleKeepsADistance(Simulation simulation) {
        List<Duration> times = new ArrayList<>();
        numbers(5).throttle(10, ofSeconds(1)).forEach(n -> times.add(simulation.elapsed()));
        assertThat(times).containsExactly(ofMillis(0), ofMillis(100), ofMillis(200), ofMillis(300), ofMillis(400));
        // A slow taker is not made up for by a burst.
        times.clear();
        Duration start = simulation.elapsed();
        numbers(4).throttle(10, ofSeconds(1)).forEach(n -> {
            times.add(simulation.elapsed().minus(start));
            if (n == 1) {
                Sluice.sleep(ofSeconds(1));
            }
        });
        assertThat(times).containsExactly(ofMillis(0), ofMillis(1000), ofMillis(1100), ofMillis(1200));
    }

    @Simulated(seeds = 20)
    void aChunkIsHandedOnWhenItsPatienceIsOver(Simulation simulation) {
        Pipeline<Integer> bursts = Pipeline.generate(out -> {
            for (int n = 1; n <= 7; n++) {
                if (n == 4 || n == 5) {
                    Sluice.sleep(ofSeconds(10));
                }
                out.yield(n);
            }
        });
        List<String> chunks = new ArrayList<>();
        bursts.chunk(3, ofSeconds(1))
                .forEach(chunk ->
                        chunks.add(chunk + " at " + simulation.elapsed().toSeconds()));
        assertThat(chunks).containsExactly("[1, 2, 3] at 0", "[4] at 11", "[5, 6, 7] at 20");
    }

    @Simulated(seeds = 10)
    void aSlowTakerIsNotUnderTheChunksDeadline() {
        List<List<Integer>> chunks = new ArrayList<>();
        numbers(5)
                .chunk(2, ofMillis(10))
                .map(chunk -> {
                    Sluice.sleep(ofSeconds(1));
                    return chunk;
                })
                .forEach(chunks::add);
        assertThat(chunks).containsExactly(List.of(1, 2), List.of(3, 4), List.of(5));
    }

    @Simulated(seeds = 20)
    void aFailureComesBehindTheValuesMadeBefore() {
        List<Object> got = new ArrayList<>();
        Pipeline<Integer> broken = failingAfter(numbers(5), "disk gone");
        List<Pipeline<?>> all = List.of(
                broken,
                broken.map(n -> n),
                broken.buffer(10),
                broken.buffer(1).map(n -> n).buffer(3),
                broken.merge(),
                broken.zip(endless("zip"), (a, b) -> a),
                endless("zip").zip(broken, (a, b) -> b),
                broken.throttle(1, ofSeconds(1)));
        for (Pipeline<?> each : all) {
            got.clear();
            assertThatThrownBy(() -> each.forEach(got::add))
                    .isInstanceOf(StageFailedException.class)
                    .hasMessageContaining("stage source of main")
                    .hasMessageContaining("disk gone")
                    .hasCauseInstanceOf(IOException.class);
            assertThat(got).isEqualTo(List.of(1, 2, 3, 4, 5));
        }
        for (Pipeline<List<Integer>> chunks : List.of(broken.chunk(3), broken.chunk(3, ofSeconds(1)))) {
            got.clear();
            assertThatThrownBy(() -> chunks.forEach(got::addAll)).hasRootCauseMessage("disk gone");
            assertThat(got).isEqualTo(List.of(1, 2, 3, 4, 5));
        }
    }

    @Simulated(seeds = 10)
    void aFailureIsNotLostWhenTheRestOfAChunkFails() {
        Pipeline<Integer> broken = Pipeline.generate(out -> {
            out.yield(1);
            throw new IOException("disk gone");
        });
        for (Pipeline<List<Integer>> chunks : List.of(
                broken.chunk(3), broken.chunk(3, ofSeconds(1)), broken.buffer(1).chunk(3))) {
            assertThatThrownBy(() -> chunks.forEach(chunk -> {
                        throw new IOException("full");
                    }))
                    .hasMessage("full")
                    .satisfies(full -> assertThat(full.getSuppressed())
                            .singleElement(as(THROWABLE))
                            .hasRootCauseMessage("disk gone"));
        }
    }

    @Simulated(seeds = 20)
    void aFailingStageEndsAllOthers() {
        assertThatThrownBy(() -> endless("one")
                        .buffer(2)
                        .merge(endless("two"))
                        .map(n -> {
                            if (n == 7) {
                                throw new IOException("seven");
                            }
                            return n;
                        })
                        .buffer(2)
                        .filter(n -> n > 3)
                        .toList())
                .isInstanceOfSatisfying(
                        StageFailedException.class,
                        failed -> assertThat(failed.stage()).isEqualTo("map"))
                .hasRootCauseMessage("seven");
        assertThat(seen).containsExactlyInAnyOrder("one", "two");
        assertThatThrownBy(
                        () -> numbers(3).filter(n -> Math.floorDiv(n, 0) == 1).toList())
                .hasMessageStartingWith("stage filter of main failed: java.lang.ArithmeticException");
        assertThatThrownBy(() -> numbers(3)
                        .zip(numbers(3), (a, b) -> Math.floorDiv(a, 0))
                        .toList())
                .hasMessageStartingWith("stage zip of main failed");
    }

    @Simulated(seeds = 20)
    void whatTheTakerThrowsIsThrownAsItIs() {
        for (Pipeline<Integer> each : List.of(endless("plain"), endless("task").buffer(1))) {
            assertThatThrownBy(() -> each.forEach(n -> {
                        if (n == 3) {
                            throw new IOException("full");
                        }
                    }))
                    .isInstanceOf(IOException.class)
                    .hasMessage("full");
        }
        assertThat(seen).containsExactly("plain", "task");
    }

    @Simulated(seeds = 10)
    void aSourceCannotCatchWhatIsWrongBehindIt() {
        Pipeline<Integer> stubborn = Pipeline.generate(out -> {
            for (int n = 1; n < 10; n++) {
                int value = n;
                try {
                    CancelScope.shield(() -> out.yield(value));
                } catch (RuntimeException e) {
                    seen.add(e.getClass().getSimpleName() + n);
                }
            }
        });
        assertThatThrownBy(() -> stubborn.map(n -> n / (n - 2)).toList())
                .hasRootCauseInstanceOf(ArithmeticException.class);
        assertThat(seen).contains("CancelledException2", "CancelledException9").hasSize(8);
        assertThat(stubborn.limit(1).toList()).containsExactly(1);
    }

    @Simulated(seeds = 10)
    void aFailureBeyondWhatWasWantedIsReported(Simulation simulation) {
        Pipeline<Integer> broken = failingAfter(numbers(3), "beyond").buffer(10);
        assertThat(broken.map(n -> {
                            Sluice.sleep(ofSeconds(1));
                            return n;
                        })
                        .limit(2)
                        .toList())
                .containsExactly(1, 2);
        assertThat(simulation.takeReports()).singleElement().asString().contains("beyond");
    }

    @Simulated(seeds = 20)
    void aDeadlineEndsItAll() {
        Pipeline<Integer> slow = endless("source").throttle(1, ofSeconds(1));
        assertThatThrownBy(() ->
                        Deadline.after(ofMillis(5500)).run(() -> slow.buffer(2).forEach(n -> seen.add("" + n))))
                .isInstanceOf(DeadlineExceededException.class);
        assertThat(seen).containsExactly("1", "2", "3", "4", "5", "6", "source");
    }

    @Simulated(seeds = 20)
    void startedInAGroupItsFailureIsTheTasks() {
        assertThatThrownBy(() -> {
                    try (var group = TaskGroup.open()) {
                        Receiver<Integer> out = failingAfter(numbers(3), "gone")
                                .named("readings")
                                .start(group, 10);
                        CancelScope.shield(() -> {
                            assertThat(List.of(out.receive(), out.receive(), out.receive()))
                                    .containsExactly(1, 2, 3);
                            assertThatThrownBy(out::receive)
                                    .isInstanceOf(ChannelFailedException.class)
                                    .hasMessageContaining("receive from readings")
                                    .hasRootCauseMessage("gone");
                        });
                        group.join();
                    }
                })
                .isInstanceOf(TaskFailedException.class)
                .hasMessageContaining("task main/readings failed")
                .hasRootCauseMessage("gone");
    }

    @Simulated(seeds = 20)
    void startedInAGroupItEndsWithItsReceiverAlsoWhileItsSourceIsSilent() {
        Channel<Integer> source = Channel.buffered(4);
        try (var group = TaskGroup.open()) {
            Receiver<Integer> out = Pipeline.of(source).merge(endless("other")).start(group, 1);
            Receiver<Integer> silent = Pipeline.of(source).map(n -> n).start(group, 1);
            Simulation.awaitAllBlocked();
            silent.cancel(dropped -> {});
            out.cancel(dropped -> {});
            group.join();
        }
        assertThat(seen).containsExactly("other");
        assertThat(source.trySend(1)).isEqualTo(Offer.SENT);
    }

    @Simulated(seeds = 10)
    void aBodyThatFailsAsItEndsDoesNotHideWhyItEnded() {
        Pipeline<Integer> untidy = Pipeline.generate(out -> {
            try {
                out.yield(1);
            } catch (CancelledException stopped) {
                throw new IllegalStateException("clean-up");
            }
        });
        assertThatThrownBy(() -> untidy.forEach(n -> {
                    throw new IOException("disk full");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("disk full")
                .satisfies(failure -> assertThat(failure.getSuppressed())
                        .singleElement(as(THROWABLE))
                        .isInstanceOf(StageFailedException.class)
                        .hasRootCauseMessage("clean-up"));
        assertThatThrownBy(() -> untidy.limit(1).toList())
                .isInstanceOf(StageFailedException.class)
                .hasRootCauseMessage("clean-up");
    }

    @Simulated(seeds = 10)
    void aCancelledSourceIsNoFailureOfAStage() {
        CancelScope.run(scope -> {
            scope.cancel("enough");
            assertThatThrownBy(() -> numbers(3).buffer(1).map(n -> n).toList()).isInstanceOf(CancelledException.class);
        });
    }

    @Test
    void withoutTasksItRunsOnAnyThread() {
        assertThat(endless("thread")
                        .filter(n -> n % 2 == 0)
                        .chunk(2)
                        .throttle(1000, ofMillis(1))
                        .limit(2)
                        .toList())
                .containsExactly(List.of(2, 4), List.of(6, 8));
        assertThatThrownBy(() -> endless("never").buffer(1).toList())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("start one with Sluice.run");
    }

    @Test
    void nullIsNotAValue() {
        assertThatThrownBy(() -> numbers(1).map(number -> null).toList())
                .isInstanceOf(StageFailedException.class)
                .hasMessageContaining("stage map")
                .hasRootCauseInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> Pipeline.of(Collections.singletonList(null)).toList())
                .isInstanceOf(StageFailedException.class)
                .hasMessageContaining("stage source");
    }

    @Test
    void limitsAreChecked() {
        Pipeline<Integer> some = numbers(1);
        assertThatThrownBy(() -> some.limit(-1)).hasMessage("limit: count=-1, expected 0 or more");
        assertThatThrownBy(() -> some.buffer(0)).hasMessageContaining("capacity=0");
        assertThatThrownBy(() -> some.chunk(0)).hasMessageContaining("size=0");
        assertThatThrownBy(() -> some.chunk(1, Duration.ZERO)).hasMessageContaining("patience=0");
        assertThatThrownBy(() -> some.throttle(0, ofSeconds(1))).hasMessageContaining("count=0");
        assertThatThrownBy(() -> some.throttle(1, Duration.ZERO)).hasMessageContaining("per=0");
    }
}
