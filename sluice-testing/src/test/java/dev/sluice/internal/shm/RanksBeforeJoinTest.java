package dev.sluice.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Signals;
import dev.sluice.internal.linux.Unistd;
import dev.sluice.internal.ranks.Board;
import dev.sluice.internal.ranks.ByteRing;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.pool.FunctionFailedException;
import dev.sluice.pool.ProcessPoolConfig;
import dev.sluice.pool.Ranks;
import dev.sluice.pool.WorkerDiedException;
import dev.sluice.ranks.Group;
import dev.sluice.ranks.RankFailedException;
import dev.sluice.ranks.RankFailedException.How;
import dev.sluice.ranks.Reduction;
import dev.sluice.task.Deadline;
import dev.sluice.task.Outcome;
import dev.sluice.testing.Simulation;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A rank that dies before it takes part, or cannot be started, leaves nobody waiting: the others find their
/// group broken, and go on without it.
@Timeout(180)
class RanksBeforeJoinTest {
    private static final LoopsConfig PATIENT = LoopsConfig.defaults().withStallLimit(Duration.ofSeconds(10));
    private static final Duration LIMIT = Duration.ofSeconds(100);

    @TempDir
    Path directory;

    // ---- what workers run

    /// The first worker to come is killed by the kernel at a step.
    static boolean arm(String what) throws IOException {
        String[] words = what.split("@", -1);
        if (isFirst(words[1])) {
            assertThat(Simulation.class)
                    .as("beside the core, where steps are told")
                    .isNotNull();
            Steps.watch(step -> {
                if (step.equals(words[0])) {
                    CallState state = new CallState();
                    Signals.kill(state, Unistd.getpid(state), Signals.SIGKILL);
                }
            });
        }
        return true;
    }

    private static boolean isFirst(String file) throws IOException {
        try {
            Files.createFile(Path.of(file));
            return true;
        } catch (FileAlreadyExistsException other) {
            return false;
        }
    }

    /// No worker but the first one starts.
    static boolean startOne(String file) throws IOException {
        if (!isFirst(file)) {
            throw new IllegalStateException("not this one");
        }
        return true;
    }

    /// A rank that goes on without the one that has died.
    ///
    /// @return 10 times how many are left, and who has died
    static int survive(Group group) {
        int dead = -1;
        try {
            while (true) {
                group.barrier();
            }
        } catch (RankFailedException failed) {
            assertThat(failed.how()).isEqualTo(How.DIED);
            dead = failed.rank();
        }
        Group rest = group.shrink();
        return (int) rest.allReduce(1, Reduction.SUM) * 10 + dead;
    }

    // ----

    private static void run(dev.sluice.task.Action<?> body) throws Exception {
        Sluice.run(PATIENT, () -> Deadline.after(LIMIT).named("test").run(body));
    }

    /// One has died, and the others know who.
    private static void requireOneDead(List<Outcome<Integer>> ends, String what) {
        List<Integer> dead = new ArrayList<>();
        for (int rank = 0; rank < ends.size(); rank++) {
            if (ends.get(rank) instanceof Outcome.Failed<Integer>(Throwable failure)) {
                assertThat(failure).as(what).isInstanceOf(WorkerDiedException.class);
                dead.add(rank);
            }
        }
        assertThat(dead).as(what + ": " + ends).hasSize(1);
        for (int rank = 0; rank < ends.size(); rank++) {
            if (rank != dead.getFirst()) {
                assertThat(ends.get(rank))
                        .as(what)
                        .isEqualTo(new Outcome.Succeeded<>((ends.size() - 1) * 10 + dead.getFirst()));
            }
        }
    }

    @Test
    void aWorkerKilledOnTheWayIsMissedByNobody() throws Exception {
        for (String label : List.of("join.locked", "join.joining", "join.written", "ranks.join", "ranks.joined")) {
            String armed = label + "@" + directory.resolve(label);
            run(() -> {
                var two = ProcessPoolConfig.of(2).withInitializer(RanksBeforeJoinTest::arm, armed);
                requireOneDead(Ranks.processes(two).outcomes(RanksBeforeJoinTest::survive), label);
            });
        }
    }

    @Test
    void aWorkerThatDoesNotStartIsMissedByNobody() throws Exception {
        run(() -> {
            var two = ProcessPoolConfig.of(2)
                    .withOutput(line -> {})
                    .withInitializer(
                            RanksBeforeJoinTest::startOne,
                            directory.resolve("one").toString());
            requireOneDead(Ranks.processes(two).outcomes(RanksBeforeJoinTest::survive), "not started");
        });
    }

    @Test
    void aRankThatThrowsAtOnceFailsOthersThatComeLate() throws Exception {
        run(() -> {
            List<Outcome<Integer>> ends = Ranks.processes(2).outcomes(RanksBeforeJoinTest::throwAtOnce);
            assertThat(ends)
                    .allSatisfy(end -> assertThat(end)
                            .isInstanceOfSatisfying(
                                    Outcome.Failed.class,
                                    failed ->
                                            assertThat(failed.failure()).isInstanceOf(FunctionFailedException.class)));
        });
    }

    static int throwAtOnce(Group group) {
        if (group.rank() == 0) {
            throw new ArithmeticException("zero");
        }
        group.barrier();
        return 0;
    }

    /// The same in one process, where it is sure that nobody had come before the rank was lost.
    @Test
    void whoComesBehindOneThatWasLostJoinsTheSameGroup() throws Exception {
        String space = "sluice-test-" + UUID.randomUUID();
        int size = 4;
        var place = new ShmWiring.Place("g", ShmWiring.WATCHER, size, ByteRing.bytesFor(size), Board.KILLED);
        ShmWiring watcher = ShmWiring.join(space, place);
        try {
            watcher.lose(2, Board.KILLED);
            var results = new ConcurrentLinkedQueue<Object>();
            List<Thread> threads = new ArrayList<>();
            for (int rank : new int[] {0, 1, 3}) {
                threads.add(Thread.ofPlatform().daemon().start(() -> results.add(joined(space, rank, size))));
            }
            for (Thread thread : threads) {
                thread.join(Duration.ofSeconds(60));
            }
            assertThat(results).containsExactly(32, 32, 32);
            assertThatThrownBy(() -> Group.join("shm:" + space + "/g", 2, size))
                    .as("lost for good")
                    .hasMessageContaining("rank=2");
        } finally {
            watcher.close();
            ShmWiring.removeSpace(space);
        }
    }

    private static Object joined(String space, int rank, int size) {
        try (Group group = Group.join("shm:" + space + "/g", rank, size)) {
            return survive(group);
        } catch (RuntimeException failure) {
            return failure;
        }
    }
}
