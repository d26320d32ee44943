package dev.sluice.pool;

import static dev.sluice.pool.Workers.run;
import static dev.sluice.pool.Workers.until;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.loop.Loops;
import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import dev.sluice.space.Lease;
import dev.sluice.space.Queue;
import dev.sluice.space.Space;
import dev.sluice.sync.Lock;
import dev.sluice.task.Deadline;
import dev.sluice.task.Outcome;
import dev.sluice.task.TaskGroup;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// What is a pool of threads' own: its configuration, values by reference, functions that do not end.
class ThreadPoolConfigTest {
    @Test
    void valuesAreHandedOverAsTheyAre() throws Exception {
        run(() -> {
            try (Pool pool = Pool.threads(2)) {
                var argument = new Object();
                assertThat(pool.<Object, Object>call(same -> same, argument)).isSameAs(argument);
                int captured = pool.hashCode();
                assertThat(pool.<Integer, Integer>call(n -> n + captured, 1)).isEqualTo(captured + 1);
                PoolFunction<Integer, Map<String, Object>> anonymous = new PoolFunction<>() {
                    @Override
                    public Map<String, Object> apply(Integer n) {
                        return Map.of("lock", new Lock("any"));
                    }
                };
                assertThat(pool.call(anonymous, 1)).containsKey("lock");
            }
        });
    }

    @Test
    void nullIsNoResultAndNoArgument() throws Exception {
        run(() -> {
            try (Pool pool = Pool.threads(1)) {
                assertThatThrownBy(() -> pool.<Integer, String>call(Workers::nothing, 1))
                        .hasMessageContaining("Workers::nothing")
                        .hasMessageContaining("null")
                        .hasCauseInstanceOf(FunctionFailedException.class);
                assertThat(pool.<Integer, Integer>call(Workers::same, 1)).isEqualTo(1);
            }
        });
    }

    @Test
    void functionsThatBlockHoldUpNobodyElse() throws Exception {
        run(() -> {
            try (Pool pool = Pool.threads(3)) {
                var together = new CountDownLatch(3);
                for (boolean met : pool.<Integer, Boolean>map(_ -> meet(together), List.of(1, 2, 3))) {
                    assertThat(met).isTrue();
                }
            }
        });
    }

    private static boolean meet(CountDownLatch together) throws InterruptedException {
        together.countDown();
        return together.await(60, TimeUnit.SECONDS);
    }

    @Test
    void functionsMayWhatCoroutinesMay() throws Exception {
        run(() -> {
            try (Pool pool = Pool.threads(1)) {
                int sum = pool.<Integer, Integer>call(
                        n -> {
                            var all = new AtomicInteger();
                            TaskGroup.run(group -> {
                                for (int i = 1; i <= n; i++) {
                                    int part = i;
                                    group.start("part", () -> {
                                        Sluice.sleep(ofMillis(1));
                                        all.addAndGet(part);
                                    });
                                }
                            });
                            boolean whole = Deadline.after(ofMillis(1)).tryRun(() -> Sluice.sleep(ofSeconds(60)));
                            return whole ? -1 : all.get();
                        },
                        10);
                assertThat(sum).isEqualTo(55);
            }
        });
    }

    @Test
    void whatACallHoldsIsGivenBackWhenItEnds() throws Exception {
        run(() -> {
            try (Pool pool = Pool.threads(1);
                    Space space = Space.open("local:")) {
                Queue<Integer> queue = space.queue("jobs", Integer.class);
                queue.put(7);
                assertThat(pool.<Integer, Integer>call(_ -> queue.take().item(), 0))
                        .isEqualTo(7);
                try (Lease<Integer> again = queue.take()) {
                    assertThat(again.delivery()).isEqualTo(2);
                    again.done();
                }
            }
        });
    }

    @Test
    void interruptsThatWereLeftBehindReachNoOtherCall() throws Exception {
        run(() -> {
            try (Pool pool = Pool.threads(1)) {
                Thread worker = pool.<Integer, Thread>call(
                        _ -> {
                            Thread.currentThread().interrupt();
                            return Thread.currentThread();
                        },
                        0);
                assertThat(pool.<Integer, Boolean>call(_ -> Thread.interrupted(), 0))
                        .isFalse();
                worker.interrupt(); // while it waits for a call
                assertThat(pool.<Integer, Thread>call(_ -> Thread.currentThread(), 0))
                        .isSameAs(worker);
            }
        });
    }

    @Test
    void whoIgnoresCancellationIsGivenUpAndReported() throws Exception {
        var reports = new ConcurrentLinkedQueue<Report>();
        Consumer<Report> before = Reports.handler(reports::add);
        var release = new CountDownLatch(1);
        try {
            run(() -> {
                try (Pool pool = Pool.threads(ThreadPoolConfig.of(1).withGrace(ofMillis(50)))) {
                    var begun = new CountDownLatch(1);
                    PoolTask<Integer> stubborn = pool.submit(n -> ignore(begun, release), 1);
                    PoolTask<Integer> waits = pool.submit(Workers::same, 2);
                    Sluice.offload(() -> begun.await(60, TimeUnit.SECONDS));
                    stubborn.cancel("enough");
                    assertThat(stubborn.outcome()).isInstanceOf(Outcome.Cancelled.class);
                    assertThat(pool.statistics().died()).isEqualTo(1);
                    assertThat(waits.get()).isEqualTo(2); // by another thread
                    assertThat(pool.statistics().running()).isZero();
                    until(() -> !reports.isEmpty());
                    release.countDown();
                }
            });
        } finally {
            release.countDown();
            Reports.handler(before);
        }
        assertThat(reports.element().describe()).contains("pool of 1 threads", "enough", "in worker 1");
    }

    private static int ignore(CountDownLatch begun, CountDownLatch release) {
        begun.countDown();
        boolean released = false;
        while (!released) {
            try {
                released = release.await(60, TimeUnit.SECONDS);
            } catch (InterruptedException ignored) {
                // that is what it is for
            }
        }
        return 1;
    }

    @Test
    void growsWhenCallsWaitAndShrinksWhenIdle() throws Exception {
        run(() -> {
            try (Pool pool = Pool.threads(ThreadPoolConfig.of(2).withLeast(0, ofMillis(50)))) {
                assertThat(pool.statistics().started()).isZero();
                var together = new CountDownLatch(2);
                for (boolean met : pool.<Integer, Boolean>map(_ -> meet(together), List.of(1, 2))) {
                    assertThat(met).isTrue();
                }
                until(() -> pool.statistics().workers() == 0);
                assertThat(pool.<Integer, Integer>call(Workers::same, 2)).isEqualTo(2);
                assertThat(pool.statistics().started()).isGreaterThanOrEqualTo(3); // more, if one had to wait long
                assertThat(pool.statistics().died()).isZero();
            }
        });
    }

    @Test
    void workersThatMayNotBeIdleServeAllTheSame() throws Exception {
        run(() -> {
            try (Pool pool = Pool.threads(ThreadPoolConfig.of(2).withLeast(0, ofMillis(0)))) {
                for (int i = 0; i < 20; i++) {
                    assertThat(pool.<Integer, Integer>call(Workers::same, i)).isEqualTo(i);
                }
                until(() -> pool.statistics().workers() == 0);
            }
        });
    }

    @Test
    void aFailureWithoutWordsIsOne() throws Exception {
        run(() -> {
            try (Pool pool = Pool.threads(1)) {
                var speechless = new IllegalStateException() {
                    @Override
                    public String getMessage() {
                        throw new UnsupportedOperationException("no words");
                    }
                };
                PoolFunction<Integer, Integer> throwing = _ -> {
                    throw speechless;
                };
                assertThat(pool.submit(throwing, 1).outcome())
                        .isInstanceOfSatisfying(
                                Outcome.Failed.class,
                                failed -> assertThat(failed.failure())
                                        .isInstanceOf(FunctionFailedException.class)
                                        .satisfies(failure -> assertThat(failure.getCause() == speechless)
                                                .isTrue()));
                assertThat(pool.<Integer, Integer>call(Workers::same, 2)).isEqualTo(2);
                assertThat(pool.statistics().died()).isZero();
            }
        });
    }

    @Test
    void loopsThatCloseEndThreads() {
        var threads = new ConcurrentLinkedQueue<Thread>();
        var begun = new CountDownLatch(2);
        Loops loops = Loops.open();
        loops.loop(0).execute(() -> {
            Pool pool = Pool.threads(ThreadPoolConfig.of(3).withGrace(ofSeconds(60)));
            for (int i = 0; i < 2; i++) {
                pool.submit(
                        _ -> {
                            threads.add(Thread.currentThread());
                            begun.countDown();
                            return new CountDownLatch(1).await(60, TimeUnit.SECONDS);
                        },
                        0);
            }
            Sluice.sleep(ofSeconds(60));
        });
        assertThatCode(() -> begun.await(60, TimeUnit.SECONDS)).doesNotThrowAnyException();
        Thread.currentThread().interrupt(); // does not wait for what would not end
        assertThat(loops.close(ofSeconds(30)).holdouts()).isEmpty();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(threads)
                .hasSize(2)
                .allSatisfy(thread -> assertThat(thread.join(ofSeconds(30))).isTrue());
    }

    @Test
    void eachWorkerIsInitializedOnItsThread() throws Exception {
        Set<Thread> initialized = ConcurrentHashMap.newKeySet();
        run(() -> {
            ThreadPoolConfig config =
                    ThreadPoolConfig.of(2).withInitializer(_ -> initialized.add(Thread.currentThread()), 0);
            try (Pool pool = Pool.threads(config)) {
                for (boolean known : pool.<Integer, Boolean>map(
                        _ -> initialized.contains(Thread.currentThread()), List.of(1, 2, 3, 4))) {
                    assertThat(known).isTrue();
                }
            }
        });
    }

    @Test
    void callsFailWhenNoWorkerCanBeInitialized() throws Exception {
        run(() -> {
            ThreadPoolConfig config = ThreadPoolConfig.of(1).withInitializer(Workers::initialize, "");
            try (Pool pool = Pool.threads(config)) {
                assertThatThrownBy(() -> pool.<Integer, Integer>call(Workers::same, 0))
                        .hasMessageContaining("nothing to begin with")
                        .hasCauseInstanceOf(WorkerDiedException.class);
            }
        });
    }

    @Test
    void closeEndsAnInitializerThatWaits() throws Exception {
        run(() -> {
            var begun = new CountDownLatch(1);
            ThreadPoolConfig config = ThreadPoolConfig.of(1)
                    .withInitializer(
                            _ -> {
                                begun.countDown();
                                return new CountDownLatch(1).await(60, TimeUnit.SECONDS);
                            },
                            0);
            Pool pool = Pool.threads(config);
            Sluice.offload(() -> begun.await(60, TimeUnit.SECONDS));
            pool.close();
            assertThat(pool.statistics().workers()).isZero();
            assertThat(pool.statistics().died()).isZero();
        });
    }

    @Test
    void refusesWhatIsNoNumberOfWorkers() {
        assertThatThrownBy(() -> ThreadPoolConfig.of(0)).hasMessage("thread pool: workers=0, expected 1..10000");
        assertThatThrownBy(() -> ThreadPoolConfig.of(2).withLeast(3, ofMillis(1)))
                .hasMessage("thread pool: least=3, expected 0..2");
        assertThatThrownBy(() -> ThreadPoolConfig.of(2).withGrace(ofMillis(-1)))
                .hasMessageContaining("expected zero or more");
    }
}
