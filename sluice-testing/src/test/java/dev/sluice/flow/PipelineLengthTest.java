package dev.sluice.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.channel.Channel;
import dev.sluice.channel.Receiver;
import dev.sluice.task.TaskGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Stages may be as many as anybody wants: the stack does not grow with them.
@Timeout(60)
class PipelineLengthTest {
    private static final int MANY = 20_000;

    private static <T> Pipeline<T> repeat(Pipeline<T> pipeline, int times, UnaryOperator<Pipeline<T>> stage) {
        Pipeline<T> longer = pipeline;
        for (int i = 0; i < times; i++) {
            longer = stage.apply(longer);
        }
        return longer;
    }

    private static Pipeline<Integer> numbers(int count) {
        return Pipeline.of(IntStream.range(0, count).boxed().toList());
    }

    private static void onLoop(Runnable body) {
        Sluice.run(body::run);
    }

    @Test
    void manyMapsAreRun() {
        onLoop(() -> assertThat(repeat(numbers(3), MANY, numbers -> numbers.map(n -> n + 1))
                        .toList())
                .containsExactly(MANY, MANY + 1, MANY + 2));
    }

    @Test
    void manyStagesOfAllKindsAreRun() {
        Pipeline<Integer> pipeline = repeat(
                numbers(10),
                MANY / 5,
                numbers -> numbers.map(n -> n + 1)
                        .filter(n -> n >= 0)
                        .limit(8)
                        .throttle(1, Duration.ofNanos(1))
                        .chunk(1)
                        .map(List::getFirst));
        onLoop(() -> assertThat(pipeline.limit(2).toList()).containsExactly(MANY / 5, MANY / 5 + 1));
    }

    @Test
    void manyPartnersAreZipped() {
        Pipeline<Integer> pipeline = repeat(numbers(2), 2_000, numbers -> numbers.zip(numbers(2), Integer::sum));
        onLoop(() -> assertThat(pipeline.toList()).containsExactly(0, 2_001));
    }

    @Test
    void manyBuffersAreRun() {
        Pipeline<Integer> pipeline = repeat(numbers(2), 2_000, numbers -> numbers.buffer(1));
        onLoop(() -> assertThat(pipeline.toList()).containsExactly(0, 1));
    }

    @Test
    void whatManyStagesHoldComesOutAtTheEndUpToALimit() {
        Pipeline<Integer> numbers = numbers(70);
        for (int before : List.of(0, 1, 62, 63, 64, 65, 127, 128, 129)) {
            Pipeline<List<Integer>> chunks =
                    repeat(numbers, before, longer -> longer.map(n -> n + 1)).chunk(60);
            Pipeline<List<Integer>> pipeline = repeat(chunks, before, longer -> longer.filter(chunk -> true));
            onLoop(() -> {
                assertThat(pipeline.map(List::size).toList()).as("%s", before).containsExactly(60, 10);
                assertThat(pipeline.limit(1).map(List::size).toList())
                        .as("%s", before)
                        .containsExactly(60);
                assertThat(repeat(pipeline.limit(1), before, longer -> longer.limit(5))
                                .map(List::getFirst)
                                .toList())
                        .as("%s", before)
                        .containsExactly(before);
            });
        }
    }

    @Test
    void aFailureBehindManyStagesDropsWhatThoseBeforeHold() {
        List<Integer> seen = new ArrayList<>();
        for (int before : List.of(0, 63, 64, 200)) {
            seen.clear();
            Pipeline<Integer> pipeline = repeat(
                            numbers(5).chunk(2).map(List::getLast), before, numbers -> numbers.map(n -> n))
                    .map(n -> {
                        if (n == 3) {
                            throw new IllegalStateException("no three");
                        }
                        return n;
                    });
            onLoop(() -> assertThatThrownBy(() -> pipeline.forEach(seen::add))
                    .isInstanceOf(StageFailedException.class)
                    .hasRootCauseMessage("no three"));
            assertThat(seen).as("%s", before).containsExactly(1);
        }
    }

    @Test
    void aFailureInFrontOfManyStagesComesOutBehindTheValuesBefore() {
        List<Integer> seen = new ArrayList<>();
        Pipeline<Integer> failing = numbers(5).map(n -> {
            if (n == 3) {
                throw new IllegalStateException("no three");
            }
            return n;
        });
        Pipeline<List<Integer>> pipeline =
                repeat(failing, MANY, numbers -> numbers.map(n -> n)).chunk(2);
        onLoop(() -> assertThatThrownBy(() -> pipeline.forEach(seen::addAll))
                .isInstanceOf(StageFailedException.class)
                .hasRootCauseMessage("no three"));
        assertThat(seen).containsExactly(0, 1, 2);
    }

    @Test
    void aCancellationReachesTheSourceOfManyStages() {
        List<String> seen = new ArrayList<>();
        onLoop(() -> {
            try (var group = TaskGroup.open()) {
                Channel<Integer> silent = Channel.rendezvous();
                Pipeline<Integer> source = Pipeline.generate(out -> {
                    try {
                        out.yield(1);
                        silent.receive();
                    } catch (CancelledException cancelled) {
                        seen.add("cancelled");
                        throw cancelled;
                    }
                });
                Receiver<Integer> received =
                        repeat(source, MANY, numbers -> numbers.map(n -> n + 1)).start(group, 1);
                seen.add("received " + received.receive());
                received.cancel(value -> {});
                group.join();
            }
        });
        assertThat(seen).containsExactly("received " + (MANY + 1), "cancelled");
    }
}
