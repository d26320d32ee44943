package dev.sluice.pool;

import static dev.sluice.pool.Workers.pidIn;
import static dev.sluice.pool.Workers.run;
import static dev.sluice.pool.Workers.until;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.loop.Loops;
import dev.sluice.task.Deadline;
import dev.sluice.task.Outcome;
import dev.sluice.task.TaskFailedException;
import dev.sluice.task.TaskGroup;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Workers, and their parent, that die: nobody waits for them for ever, and only what they ran is lost.
@Tag("once") // about processes that die
class ProcessPoolDeathTest {
    private static final int CALLS = 600;
    private static final int WORKED = 3; // more calls than two workers may have answered before one is killed

    @TempDir
    Path directory;

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    @Test
    void exitLosesTheCallThatExits() throws Exception {
        run(() -> {
            try (Pool pool = Pool.processes(1)) {
                PoolTask<Integer> exits = pool.submit(Workers::exit, 7);
                PoolTask<Integer> waits = pool.submit(Workers::same, 1);
                assertThatThrownBy(exits::get)
                        .isInstanceOf(TaskFailedException.class)
                        .hasMessageContaining("call Workers::exit: worker 1")
                        .cause()
                        .isInstanceOfSatisfying(
                                WorkerDiedException.class,
                                died -> assertThat(died.how()).isEqualTo("exit code 7"));
                assertThat(waits.get()).isEqualTo(1);
                assertThat(pool.statistics().died()).isEqualTo(1);
            }
        });
    }

    @Test
    void aWorkerOutOfMemoryIsReplaced() throws Exception {
        run(() -> {
            try (Pool pool = Pool.processes(ProcessPoolConfig.of(1).withHeap(32 << 20))) {
                assertThatThrownBy(() -> pool.<Integer, Integer>call(Workers::fill, 1000))
                        .hasMessageContaining("out of memory");
                assertThat(pool.<Integer, Integer>call(Workers::fill, 1)).isEqualTo(1);
            }
        });
    }

    @Test
    void killInTheMiddleOfACall() throws Exception {
        run(() -> {
            try (Pool pool = Pool.processes(1)) {
                PoolTask<Integer> blocked = pool.submit(Workers::block, file("pid"));
                Workers.kill(Workers.pidIn(directory.resolve("pid")));
                assertThatThrownBy(blocked::get).hasMessageContaining("signal SIGKILL");
                assertThat(pool.<Integer, Integer>call(Workers::same, 2)).isEqualTo(2);
            }
        });
    }

    @Test
    void killWhileIdleLosesNothing() throws Exception {
        run(() -> {
            try (Pool pool = Pool.processes(1)) {
                long pid = pool.<Integer, Long>call(Workers::pid, 0);
                Workers.kill(pid);
                until(() -> pool.statistics().died() == 1);
                assertThat(pool.<Integer, Long>call(Workers::pid, 0)).isNotEqualTo(pid);
            }
        });
    }

    @Test
    void killWhileStartingLosesNothing() throws Exception {
        run(() -> {
            try (Pool pool = Pool.processes(1)) {
                PoolTask<Integer> task = pool.submit(Workers::same, 3);
                until(() -> ProcessHandle.current()
                        .children()
                        .anyMatch(child -> child.info().commandLine().orElse("").contains("WorkerMain")));
                ProcessHandle.current()
                        .children()
                        .filter(child -> child.info().commandLine().orElse("").contains("WorkerMain"))
                        .forEach(ProcessHandle::destroyForcibly);
                assertThat(task.get()).isEqualTo(3);
            }
        });
    }

    @Test
    void retriesACallWhoseWorkerDied() throws Exception {
        run(() -> {
            try (Pool pool = Pool.processes(ProcessPoolConfig.of(1).withRetries(1))) {
                assertThat(pool.<String, String>call(Workers::dieOnce, file("once")))
                        .isEqualTo("lived");
                assertThatThrownBy(() -> pool.<Integer, Integer>call(Workers::exit, 5))
                        .hasMessageContaining("exit code 5");
                assertThat(pool.statistics().died()).isEqualTo(3);
            }
        });
    }

    @Test
    void whoIgnoresCancellationIsKilled() throws Exception {
        run(() -> {
            try (Pool pool = Pool.processes(ProcessPoolConfig.of(1).withGrace(ofMillis(200)))) {
                PoolTask<Integer> stubborn = pool.submit(Workers::ignore, file("pid"));
                long pid = Workers.pidIn(directory.resolve("pid"));
                stubborn.cancel("enough");
                assertThat(stubborn.outcome()).isInstanceOf(Outcome.Cancelled.class);
                until(() -> !Workers.lives(pid));
                assertThat(pool.<Integer, Integer>call(Workers::same, 4)).isEqualTo(4);
            }
        });
    }

    @Test
    void aStoppedWorkerIsKilledWithItsPool() throws Exception {
        run(() -> {
            Pool pool = Pool.processes(ProcessPoolConfig.of(1).withGrace(ofMillis(200)));
            PoolTask<Integer> blocked = pool.submit(Workers::block, file("pid"));
            long pid = Workers.pidIn(directory.resolve("pid"));
            Workers.stop(pid);
            pool.close();
            assertThat(blocked.outcome()).isInstanceOf(Outcome.Cancelled.class);
            assertThat(Workers.lives(pid)).isFalse();
        });
    }

    @Test
    void callsOutliveWorkersThatAreKilledAtRandomTimes() throws Exception {
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        var random = new SplittableRandom(seed);
        run(() -> {
            ProcessPoolConfig config = ProcessPoolConfig.of(2).withRetries(100);
            try (Pool pool = Pool.processes(config);
                    var results = pool.map(Workers::repeat, sizes())) {
                TaskGroup.run(group -> {
                    group.start("killer", () -> {
                        long ended = 0;
                        for (int kills = 0; kills < 12 && ended + WORKED <= CALLS; kills++) {
                            ended = killOne(pool, random, ended);
                        }
                    });
                    int n = 0;
                    for (String result : results) {
                        assertThat(result).as("seed %d, result %d", seed, n).hasSize(n % 3 == 0 ? 500_000 : n);
                        n++;
                    }
                    assertThat(n).isEqualTo(CALLS);
                });
            }
        });
    }

    private static List<Integer> sizes() {
        return IntStream.range(0, CALLS)
                .map(n -> n % 3 == 0 ? 500_000 : n)
                .boxed()
                .toList();
    }

    /// Kills a worker, which may be one that starts, but lets some work end before: three that die in a row while they
    /// start would be the end of the calls.
    ///
    /// @param before how many calls had ended at the last kill
    /// @return how many have ended at this one
    private static long killOne(Pool pool, SplittableRandom random, long before) {
        until(() -> pool.statistics().ended() >= before + WORKED);
        Sluice.sleep(ofMillis(random.nextInt(30)));
        ProcessHandle.current()
                .children()
                .filter(child -> child.info().commandLine().orElse("").contains("WorkerMain"))
                .findAny()
                .ifPresent(ProcessHandle::destroyForcibly);
        return pool.statistics().ended();
    }

    /// Its worker has died, it is to be tried again, and there is no room where it would wait.
    @Test
    void aCallBetweenTwoWorkersEndsWithTheLoops() throws Exception {
        var opened = new CompletableFuture<Pool>();
        Loops loops = Loops.open();
        PoolTask<Integer> second;
        PoolTask<Integer> first;
        try {
            loops.loop(0).execute(() -> {
                opened.complete(Pool.processes(
                        ProcessPoolConfig.of(1).withRetries(5).withWaiting(1).withGrace(Duration.ofMillis(300))));
                Sluice.sleep(Duration.ofHours(1));
            });
            Pool pool = opened.get();
            first = pool.submit(Workers::block, file("pid"));
            long pid = pidIn(directory.resolve("pid"));
            second = pool.submit(Workers::same, 2);
            Workers.kill(pid);
            until(() -> pool.statistics().died() == 1);
        } finally {
            loops.close(Duration.ZERO); // before the next worker has started, usually
        }
        assertThat(Deadline.after(Duration.ofSeconds(60)).call(first::outcome)).isNotNull();
        assertThat(Deadline.after(Duration.ofSeconds(60)).call(second::outcome)).isNotNull();
    }

    @Test
    void workersDieWithAParentThatIsKilled() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = System.getProperty("java.class.path") + ":" + System.getProperty("jdk.module.path", "");
        Process parent = new ProcessBuilder(
                        java,
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classPath,
                        Parent.class.getName(),
                        file("pid"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8))) {
            long worker = Long.parseLong(said.readLine());
            ProcessHandle handle = ProcessHandle.of(worker).orElseThrow();
            parent.destroyForcibly();
            assertThat(handle.onExit().get(60, TimeUnit.SECONDS).isAlive()).isFalse();
        } finally {
            parent.destroyForcibly();
        }
    }

    /// A program with a pool whose worker is busy; says which.
    static final class Parent {
        private Parent() {}

        static void main(String[] arguments) throws Exception {
            run(() -> {
                try (Pool pool = Pool.processes(1)) {
                    PoolTask<Integer> blocked = pool.submit(Workers::ignore, arguments[0]);
                    System.out.println(Workers.pidIn(Path.of(arguments[0])));
                    blocked.get();
                }
            });
        }
    }
}
