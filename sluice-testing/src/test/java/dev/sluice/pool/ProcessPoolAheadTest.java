package dev.sluice.pool;

import static dev.sluice.pool.Workers.run;
import static java.time.Duration.ofMillis;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.task.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Calls that a fast worker has ahead: they wait behind nothing slow, and are neither lost nor run twice.
class ProcessPoolAheadTest {
    private static final int FAST = 2000; // calls after which workers have several at once

    @TempDir
    Path directory;

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    private static void makeFast(Pool pool) {
        for (int each : pool.<Integer, Integer>map(Workers::same, upTo(FAST))) {
            assertThat(each).isBetween(0, FAST);
        }
    }

    private static List<Integer> upTo(int n) {
        return IntStream.range(0, n).boxed().toList();
    }

    @Test
    void aFastWorkerHasSeveralCalls() throws Exception {
        run(() -> {
            try (Pool pool = Pool.processes(1)) {
                int most = 0;
                for (int round = 0; most < 2; round++) { // the deadline of the test ends it
                    List<PoolTask<Integer>> tasks = new ArrayList<>();
                    for (int i = 0; i < 200; i++) {
                        tasks.add(pool.submit(Workers::same, i));
                    }
                    for (PoolTask<Integer> task : tasks) {
                        assertThat(task.get()).as("round %d", round).isEqualTo(tasks.indexOf(task));
                        most = Math.max(most, pool.statistics().running());
                    }
                }
            }
        });
    }

    @Test
    void noCallWaitsBehindASlowOne() throws Exception {
        run(() -> {
            try (Pool pool = Pool.processes(2)) {
                makeFast(pool);
                List<PoolTask<Integer>> fast = new ArrayList<>();
                PoolTask<Integer> slow = null;
                for (int i = 0; i < 200; i++) {
                    fast.add(pool.submit(Workers::same, i));
                    if (i == 100) {
                        slow = pool.submit(Workers::block, file("pid"));
                    }
                }
                for (int i = 0; i < 200; i++) {
                    assertThat(fast.get(i).get()).isEqualTo(i);
                }
                assertThat(slow).isNotNull();
                assertThat(slow.isDone()).isFalse();
                slow.cancel("enough");
                assertThat(slow.outcome()).isInstanceOf(Outcome.Cancelled.class);
                assertThat(pool.statistics().died()).isZero();
            }
        });
    }

    /// Neither because of the grace, nor because there is no room where calls wait.
    @Test
    void callsThatHaveNotBegunAreCancelledAndTheirWorkerLives() throws Exception {
        run(() -> {
            try (Pool pool = Pool.processes(ProcessPoolConfig.of(1).withWaiting(8))) {
                makeFast(pool);
                PoolTask<Integer> slow = pool.submit(Workers::block, file("pid"));
                List<PoolTask<Integer>> behind = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    behind.add(pool.submit(Workers::same, i));
                }
                for (PoolTask<Integer> task : behind) {
                    task.cancel("not needed");
                }
                for (PoolTask<Integer> task : behind) {
                    task.outcome(); // some may have been done before the slow one
                }
                assertThat(slow.isDone()).isFalse();
                slow.cancel("enough");
                assertThat(slow.outcome()).isInstanceOf(Outcome.Cancelled.class);
                assertThat(pool.<Integer, Integer>call(Workers::same, 5)).isEqualTo(5);
                assertThat(pool.statistics().died()).isZero();
                assertThat(pool.statistics().running()).isZero();
                assertThat(pool.statistics().waiting()).isZero();
            }
        });
    }

    @Test
    void onlyCallsThatEndTheirWorkerAreLostAndNoneRunsTwice() throws Exception {
        int calls = 400;
        run(() -> {
            try (Pool pool = Pool.processes(2)) {
                makeFast(pool);
                List<PoolTask<Integer>> tasks = new ArrayList<>();
                for (int i = 0; i < calls; i++) {
                    tasks.add(pool.submit(Workers::note, new Workers.Note(file("notes"), i, i % 100 == 50)));
                }
                for (int i = 0; i < calls; i++) {
                    switch (tasks.get(i).outcome()) {
                        case Outcome.Succeeded<Integer>(Integer number) ->
                            assertThat(number).isEqualTo(i);
                        case Outcome.Failed<Integer>(Throwable failure) ->
                            assertThat(failure)
                                    .as("call %d", i)
                                    .isInstanceOfSatisfying(
                                            WorkerDiedException.class,
                                            died -> assertThat(died.how()).isEqualTo("exit code 9"));
                        case Outcome.Cancelled<Integer> _ -> throw new AssertionError("call " + i + ": cancelled");
                    }
                    assertThat(tasks.get(i).outcome() instanceof Outcome.Failed<Integer>)
                            .as("call %d has failed", i)
                            .isEqualTo(i % 100 == 50);
                }
                assertThat(pool.statistics().died()).isEqualTo(calls / 100);
            }
        });
        List<String> notes = Files.readAllLines(Path.of(file("notes")));
        assertThat(notes)
                .containsExactlyInAnyOrderElementsOf(
                        upTo(calls).stream().map(String::valueOf).toList());
    }

    /// Killed from outside: of each worker the call that it ran is lost, and nothing runs twice.
    @Test
    void aKillLosesOneCallAtMostAndNoneRunsTwice() throws Exception {
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        var random = new SplittableRandom(seed);
        int calls = 3000;
        int kills = 4;
        List<Integer> lost = new ArrayList<>();
        run(() -> {
            try (Pool pool = Pool.processes(2)) {
                makeFast(pool);
                List<PoolTask<Integer>> tasks = new ArrayList<>();
                for (int i = 0; i < calls; i++) {
                    tasks.add(pool.submit(Workers::note, new Workers.Note(file("notes"), i, false)));
                    if (i % (calls / kills) == calls / kills - 1) {
                        tasks.get(random.nextInt(i)).outcome();
                        Workers.kill(worker());
                    }
                }
                for (int i = 0; i < calls; i++) {
                    if (tasks.get(i).outcome() instanceof Outcome.Failed<Integer>) {
                        lost.add(i);
                    }
                }
            }
        });
        Map<String, Long> times = Files.readAllLines(Path.of(file("notes"))).stream()
                .collect(groupingBy(Function.identity(), counting()));
        assertThat(lost).as("seed %d", seed).hasSizeLessThanOrEqualTo(kills);
        assertThat(times.values()).as("seed %d", seed).containsOnly(1L);
        List<String> missing = upTo(calls).stream()
                .filter(i -> !lost.contains(i))
                .map(String::valueOf)
                .filter(i -> !times.containsKey(i))
                .toList();
        assertThat(missing).as("seed %d", seed).isEmpty();
    }

    private static long worker() {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info().commandLine().orElse("").contains("WorkerMain"))
                .findAny()
                .map(ProcessHandle::pid)
                .orElse(0L);
    }

    @Test
    void aFastWorkerIsReplacedInTime() throws Exception {
        run(() -> {
            try (Pool pool = Pool.processes(ProcessPoolConfig.of(2).withCallsPerWorker(300))) {
                Map<Long, Long> calls = new TreeMap<>();
                for (long pid : pool.<Integer, Long>map(Workers::pid, upTo(1000))) {
                    calls.merge(pid, 1L, Long::sum);
                }
                assertThat(calls.values()).allSatisfy(n -> assertThat(n).isLessThanOrEqualTo(300));
                assertThat(pool.statistics().died()).isZero();
            }
        });
    }

    @Test
    void longCallsPassAmongShortOnes() throws Exception {
        int[] lengths = {1, 20, 3000, 10, 70_000, 5, 4090, 2, 400_000, 1};
        run(() -> {
            try (Pool pool = Pool.processes(2)) {
                makeFast(pool);
                List<String> texts = IntStream.range(0, 600)
                        .mapToObj(i -> "x".repeat(lengths[i % lengths.length]))
                        .toList();
                int i = 0;
                for (String text : pool.<String, String>map(Workers::echo, texts)) {
                    assertThat(text.length()).as("text %d", i).isEqualTo(lengths[i++ % lengths.length]);
                }
                assertThat(i).isEqualTo(600);
            }
        });
    }

    @Test
    void aStoppedWorkerIsKilledForACallThatItHasNotBegun() throws Exception {
        run(() -> {
            Pool pool = Pool.processes(ProcessPoolConfig.of(1).withGrace(ofMillis(200)));
            makeFast(pool);
            PoolTask<Integer> slow = pool.submit(Workers::block, file("pid"));
            PoolTask<Integer> behind = pool.submit(Workers::same, 1);
            Workers.stop(Workers.pidIn(directory.resolve("pid")));
            behind.cancel("not needed");
            assertThat(behind.outcome()).isInstanceOf(Outcome.Cancelled.class);
            // 0 if the worker had given it back before it was stopped
            boolean killed = pool.statistics().died() > 0;
            slow.cancel("nor this");
            if (killed) {
                assertThat(slow.outcome())
                        .isInstanceOfSatisfying(
                                Outcome.Failed.class,
                                failed -> assertThat(failed.failure())
                                        .isInstanceOf(WorkerDiedException.class)
                                        .hasMessageContaining("SIGKILL"));
            } else {
                assertThat(slow.outcome()).isInstanceOf(Outcome.Cancelled.class);
            }
            pool.close();
        });
    }
}
