package dev.sluice.testing;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.cancel.DeadlineExceededException;
import dev.sluice.channel.Channel;
import dev.sluice.flow.Generator;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.pool.Completed;
import dev.sluice.pool.FunctionFailedException;
import dev.sluice.pool.Pool;
import dev.sluice.pool.PoolFunction;
import dev.sluice.pool.PoolTask;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import dev.sluice.task.Outcome;
import dev.sluice.task.TaskFailedException;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What every pool does, wherever its workers are. A kind of pool is tested by a short subclass.
///
/// The tests run in real time; none of them waits for a time to pass.
public abstract class PoolContract {
    /// For the subclass that says which kind.
    protected PoolContract() {}

    /// A new pool, which belongs to the caller, a coroutine.
    protected abstract Pool open(int workers);

    /// What is done with a pool.
    private interface Body {
        void run(Pool pool) throws Exception;
    }

    private void pooled(int workers, Body body) throws Exception {
        run(() -> {
            try (Pool pool = open(workers)) {
                body.run(pool);
            }
        });
    }

    private static void run(Action<?> body) throws Exception {
        LoopsConfig patient = LoopsConfig.defaults().withStallLimit(ofSeconds(10));
        Sluice.run(patient, () -> Deadline.after(ofSeconds(90)).named("test").run(body));
    }

    // The functions.

    static int doubled(int n) {
        return 2 * n;
    }

    static int uneven(int n) throws IOException {
        if (n % 2 == 0) {
            throw new IOException("even: " + n, new IllegalStateException("cause"));
        }
        return n;
    }

    /// Ends when it is interrupted, or after a minute.
    static boolean block(int n) throws InterruptedException {
        return new CountDownLatch(1).await(60, TimeUnit.SECONDS);
    }

    /// As those do that may not throw what is checked.
    static int wrapped(int n) {
        try {
            return block(n) ? 1 : 0;
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    static int blockZero(int n) throws InterruptedException {
        return n == 0 && block(n) ? -1 : n;
    }

    static List<String> words(String text) {
        return List.of(text.split(" ", -1));
    }

    /// A function with a state of its own.
    record Plus(int more) implements PoolFunction<Integer, Integer> {
        @Override
        public Integer apply(Integer n) {
            return n + more;
        }
    }

    private static List<Integer> upTo(int n) {
        return IntStream.range(0, n).boxed().toList();
    }

    // Calls.

    @Test
    void callsFunctionsOfEachKind() throws Exception {
        pooled(1, pool -> {
            assertThat(pool.<Integer, Integer>call(PoolContract::doubled, 21)).isEqualTo(42);
            assertThat(pool.<String, Integer>call(String::length, "four")).isEqualTo(4);
            assertThat(pool.<String, List<String>>call(PoolContract::words, "to be"))
                    .containsExactly("to", "be");
            assertThat(pool.<Integer, Integer>call(n -> n + 1, 1)).isEqualTo(2);
            assertThat(pool.call(new Plus(3), 4)).isEqualTo(7);
            assertThat(pool.call(new Plus(5), 4)).isEqualTo(9);
            assertThat(pool.<Integer, Double>call(Math::sqrt, 16)).isEqualTo(4.0);
        });
    }

    @Test
    void tellsWhatFunctionsThrow() throws Exception {
        pooled(1, pool -> {
            assertThatThrownBy(() -> pool.<Integer, Integer>call(PoolContract::uneven, 2))
                    .isInstanceOf(TaskFailedException.class)
                    .hasMessageContaining("even: 2")
                    .cause()
                    .isInstanceOfSatisfying(
                            FunctionFailedException.class,
                            failed -> assertThat(failed.type()).isEqualTo("java.io.IOException"))
                    .cause()
                    .hasToString("java.io.IOException: even: 2")
                    .satisfies(thrown -> assertThat(thrown.getStackTrace()[0].getMethodName())
                            .isEqualTo("uneven"))
                    .cause()
                    .hasToString("java.lang.IllegalStateException: cause");
            assertThat(pool.<Integer, Integer>call(PoolContract::uneven, 3)).isEqualTo(3);
        });
    }

    @Test
    void callsOfManyTasksShareTheWorkers() throws Exception {
        pooled(2, pool -> {
            var sum = new AtomicInteger();
            TaskGroup.run(group -> {
                for (int i = 0; i < 50; i++) {
                    int n = i;
                    group.start("call", () -> {
                        sum.addAndGet(pool.<Integer, Integer>call(PoolContract::doubled, n));
                    });
                }
            });
            assertThat(sum).hasValue(50 * 49);
            assertThat(pool.statistics().ended()).isEqualTo(50);
            assertThat(pool.statistics().waiting()).isZero();
        });
    }

    // Cancellation.

    @Test
    void aDeadlineEndsTheFunction() throws Exception {
        pooled(1, pool -> {
            assertThat(pool.<Integer, Integer>call(PoolContract::doubled, 1)).isEqualTo(2); // it is there
            assertThatThrownBy(() -> Deadline.after(ofMillis(50))
                            .call(() -> pool.<Integer, Boolean>call(PoolContract::block, 1)))
                    .isInstanceOf(DeadlineExceededException.class);
            assertThat(pool.<Integer, Integer>call(PoolContract::doubled, 2)).isEqualTo(4);
            assertThat(pool.statistics().died()).isZero(); // it was interrupted, not killed
        });
    }

    @Test
    void cancelEndsWhatRunsAndWhatWaits() throws Exception {
        pooled(1, pool -> {
            PoolTask<Boolean> runs = pool.submit(PoolContract::block, 1);
            PoolTask<Boolean> waits = pool.submit(PoolContract::block, 2);
            assertThat(waits.cancel("not needed")).isTrue();
            assertThat(waits.cancel("again")).isFalse();
            assertThat(waits.outcome())
                    .isInstanceOfSatisfying(
                            Outcome.Cancelled.class,
                            cancelled ->
                                    assertThat(cancelled.reason().describe()).contains("not needed"));
            assertThat(runs.cancel("enough")).isTrue();
            assertThatThrownBy(runs::get).isInstanceOf(CancelledException.class).hasMessageContaining("enough");
            assertThat(pool.<Integer, Integer>call(PoolContract::doubled, 2)).isEqualTo(4);
        });
    }

    @Test
    void whatACancelledFunctionThrowsIsItsEndAndNoFailure() throws Exception {
        pooled(1, pool -> {
            PoolTask<Integer> task = pool.submit(PoolContract::wrapped, 1);
            while (pool.statistics().running() == 0) {
                Sluice.sleep(ofMillis(1));
            }
            task.cancel("enough");
            assertThat(task.outcome()).isInstanceOf(Outcome.Cancelled.class);
            assertThat(pool.<Integer, Integer>call(PoolContract::doubled, 2)).isEqualTo(4);
        });
    }

    @Test
    void noCallIsLostAmongThoseThatAreCancelled() throws Exception {
        pooled(2, pool -> {
            List<PoolTask<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                tasks.add(pool.submit(PoolContract::doubled, i));
                if (i % 3 == 2) {
                    tasks.get(i - 1).cancel("one in three");
                }
            }
            for (int i = 0; i < 300; i++) {
                switch (tasks.get(i).outcome()) {
                    case Outcome.Succeeded<Integer>(Integer value) ->
                        assertThat(value).isEqualTo(2 * i);
                    case Outcome.Cancelled<Integer> _ -> assertThat(i % 3).isEqualTo(1);
                    case Outcome.Failed<Integer>(Throwable failure) -> throw new AssertionError(failure);
                }
            }
            assertThat(pool.statistics().ended()).isEqualTo(300);
            assertThat(pool.statistics().waiting()).isZero();
            assertThat(pool.statistics().running()).isZero();
        });
    }

    @Test
    void closeCancelsAllCalls() throws Exception {
        run(() -> {
            Pool pool = open(1);
            PoolTask<Boolean> runs = pool.submit(PoolContract::block, 1);
            PoolTask<Boolean> waits = pool.submit(PoolContract::block, 2);
            pool.close();
            pool.close();
            assertThat(runs.outcome()).isInstanceOf(Outcome.Cancelled.class);
            assertThat(waits.outcome()).isInstanceOf(Outcome.Cancelled.class);
            assertThatThrownBy(() -> pool.submit(PoolContract::doubled, 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
        });
    }

    @Test
    void endsWithTheScopeThatOpenedIt() throws Exception {
        run(() -> {
            var opened = new ArrayList<Pool>();
            TaskGroup.run(group -> group.start("opens", () -> {
                opened.add(open(1));
            }));
            assertThatThrownBy(() -> opened.getFirst().submit(PoolContract::doubled, 1))
                    .isInstanceOf(IllegalStateException.class);
        });
    }

    // Maps.

    @Test
    void mapsInOrder() throws Exception {
        pooled(3, pool -> {
            try (Generator<Integer> results = pool.map(PoolContract::doubled, upTo(1000))) {
                int expected = 0;
                for (int result : results) {
                    assertThat(result).isEqualTo(2 * expected++);
                }
                assertThat(expected).isEqualTo(1000);
            }
        });
    }

    @Test
    void mapsUnorderedPastOneThatBlocks() throws Exception {
        pooled(2, pool -> {
            try (Generator<Integer> results = pool.mapUnordered(PoolContract::blockZero, upTo(20))) {
                List<Integer> seen = new ArrayList<>();
                for (int i = 1; i < 20; i++) {
                    seen.add(results.next());
                }
                assertThat(seen).containsExactlyInAnyOrderElementsOf(upTo(20).subList(1, 20));
            } // the one that blocks is cancelled here
            assertThat(pool.statistics().running()).isZero();
        });
    }

    @Test
    void completionsCarryFailuresAsValues() throws Exception {
        pooled(2, pool -> {
            int failures = 0;
            int sum = 0;
            for (Completed<Integer, Integer> each :
                    pool.<Integer, Integer>asCompleted(PoolContract::uneven, upTo(10))) {
                switch (each.outcome()) {
                    case Outcome.Succeeded<Integer>(Integer value) -> sum += value;
                    case Outcome.Failed<Integer>(Throwable failure) -> {
                        assertThat(failure).hasMessageContaining("even: " + each.argument());
                        failures++;
                    }
                    case Outcome.Cancelled<Integer> _ -> throw new AssertionError("nobody cancelled");
                }
            }
            assertThat(failures).isEqualTo(5);
            assertThat(sum).isEqualTo(1 + 3 + 5 + 7 + 9);
        });
    }

    @Test
    void aFailureComesOutAtItsPlace() throws Exception {
        pooled(2, pool -> {
            try (Generator<Integer> results = pool.map(PoolContract::uneven, List.of(1, 3, 4, 5))) {
                assertThat(results.next()).isEqualTo(1);
                assertThat(results.next()).isEqualTo(3);
                assertThatThrownBy(results::next)
                        .isInstanceOf(TaskFailedException.class)
                        .hasMessageContaining("even: 4");
            }
        });
    }

    @Test
    void readsItsInputOnlySoFarAhead() throws Exception {
        pooled(1, pool -> {
            var asked = new AtomicInteger();
            Iterable<Integer> endless =
                    () -> Stream.generate(asked::incrementAndGet).iterator();
            try (Generator<Integer> results = pool.map(PoolContract::doubled, endless)) {
                for (int i = 1; i <= 100; i++) {
                    assertThat(results.next()).isEqualTo(2 * i);
                }
            }
            assertThat(asked).hasValueLessThan(100 + 2 * 256);
        });
    }

    @Test
    void givesOutWhatIsThereWhileTheInputRests() throws Exception {
        pooled(1, pool -> {
            Channel<Integer> inputs = Channel.buffered(1);
            try (Generator<Integer> results = pool.map(PoolContract::doubled, inputs)) {
                for (int i = 0; i < 5; i++) {
                    inputs.send(i);
                    assertThat(results.next()).isEqualTo(2 * i);
                }
                inputs.close();
                assertThat(results.hasNext()).isFalse();
            }
        });
    }

    @Test
    void anInputThatFailsComesOutBehindTheResultsBefore() throws Exception {
        pooled(1, pool -> {
            try (Generator<Integer> inputs = Generator.of(out -> {
                        out.yield(1);
                        throw new NoSuchElementException("no more");
                    });
                    Generator<Integer> results = pool.map(PoolContract::doubled, inputs)) {
                assertThat(results.next()).isEqualTo(2);
                assertThatThrownBy(results::next).hasRootCauseInstanceOf(NoSuchElementException.class);
            }
        });
    }
}
