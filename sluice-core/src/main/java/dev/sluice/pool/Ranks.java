package dev.sluice.pool;

import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.ranks.Board;
import dev.sluice.internal.ranks.ByteRing;
import dev.sluice.internal.shm.ShmWiring;
import dev.sluice.loop.Loop;
import dev.sluice.ranks.Group;
import dev.sluice.ranks.RankFailedException;
import dev.sluice.task.Outcome;
import dev.sluice.task.Task;
import dev.sluice.task.TaskFailedException;
import dev.sluice.task.TaskGroup;
import dev.sluice.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Starts the ranks of a group: the same function so many times, each with its own [Group].
///
/// ```java
/// List<Long> sums = Ranks.processes(4).run(ParallelSum::part);   // what each returned, by rank
/// ```
///
/// A rank whose function throws, or whose process dies, fails the group of the others, see
/// [RankFailedException]. They are not cancelled, so that they can go on without it. The same holds for a
/// process that dies before it takes part, and for one that cannot be started, tried three times in a row: the
/// others find their group broken from the beginning. When the caller is cancelled, all are.
///
/// Threads: immutable; `run` and `outcomes` are called by coroutines.
public final class Ranks {
    private final int size;
    private final @Nullable ProcessPoolConfig config; // null: tasks

    private Ranks(int size, @Nullable ProcessPoolConfig config) {
        if (size < 1 || size > Board.MOST_RANKS) {
            throw new IllegalArgumentException("ranks: size=" + size + ", expected 1.." + Board.MOST_RANKS);
        }
        this.size = size;
        this.config = config;
    }

    /// Ranks that are tasks, in turn on the loops of the caller's loops. Any function will do.
    ///
    /// @param size 1 to 63
    public static Ranks tasks(int size) {
        return new Ranks(size, null);
    }

    /// Ranks that are processes of their own, started as the workers of a [Pool] are; see [PoolFunction] for
    /// what functions they run.
    ///
    /// @param size 1 to 63
    public static Ranks processes(int size) {
        return processes(ProcessPoolConfig.of(size));
    }

    /// Ranks that are processes of their own, as many as the configuration has workers. Retries are none: who
    /// has died does not come back.
    public static Ranks processes(ProcessPoolConfig config) {
        return new Ranks(config.workers, config.withCallsTogether());
    }

    /// Runs a function as each rank, and waits for all of them.
    ///
    /// @return what they returned, by rank
    /// @throws TaskFailedException if one of them failed, with what it threw; one that did so by itself rather
    ///     than one that failed because another one had
    /// @throws CancelledException if the caller is cancelled
    public <R> List<R> run(PoolFunction<? super Group, ? extends R> function) {
        List<R> results = new ArrayList<>();
        TaskFailedException first = null;
        TaskFailedException own = null;
        List<Outcome<R>> all = outcomes(function);
        for (int rank = 0; rank < size; rank++) {
            switch (all.get(rank)) {
                case Outcome.Succeeded<R>(R value) -> results.add(value);
                case Outcome.Cancelled<R>(var why) -> throw new CancelledException(why);
                case Outcome.Failed<R>(Throwable failure) -> {
                    var failed = new TaskFailedException("rank " + rank, failure);
                    first = first == null ? failed : first;
                    own = own == null && !isOfAnother(failure) ? failed : own;
                }
            }
        }
        if (first != null) {
            throw own != null ? own : first;
        }
        return results;
    }

    private static boolean isOfAnother(Throwable failure) {
        return failure instanceof RankFailedException
                || failure instanceof FunctionFailedException of
                        && of.type().equals(RankFailedException.class.getName());
    }

    /// As [#run], for ranks that may fail.
    ///
    /// @return how they ended, by rank
    public <R> List<Outcome<R>> outcomes(PoolFunction<? super Group, ? extends R> function) {
        String name = "ranks-" + ProcessHandle.current().pid() + "-"
                + Long.toHexString(Clock.system().nanoTime()) + "-"
                + Integer.toHexString(System.identityHashCode(Thread.currentThread()));
        return config == null ? inTasks("local:" + name, function) : inProcesses(config, name, function);
    }

    private <R> List<Outcome<R>> inTasks(String address, PoolFunction<? super Group, ? extends R> function) {
        List<Loop> loops = Loop.current().loops().all();
        int first = loops.indexOf(Loop.current());
        return TaskGroup.call(group -> {
            List<Task<Outcome<R>>> tasks = new ArrayList<>();
            for (int rank = 0; rank < size; rank++) {
                int own = rank;
                Loop loop = loops.get((first + rank) % loops.size());
                tasks.add(group.startOn(loop, "rank " + rank, () -> inTask(address, own, function)));
            }
            return tasks.stream().map(Task::get).toList();
        });
    }

    private <R> Outcome<R> inTask(String address, int rank, PoolFunction<? super Group, ? extends R> function) {
        try (Group group = Group.join(address, rank, size)) {
            try {
                return new Outcome.Succeeded<>(function.apply(group));
            } catch (CancelledException cancelled) {
                group.abort();
                throw cancelled;
            } catch (Throwable failure) {
                group.abort();
                return new Outcome.Failed<>(failure);
            }
        }
    }

    private <R> List<Outcome<R>> inProcesses(
            ProcessPoolConfig how, String space, PoolFunction<? super Group, ? extends R> function) {
        var place = new ShmWiring.Place(Seat.GROUP, ShmWiring.WATCHER, size, ByteRing.bytesFor(size), Board.KILLED);
        ShmWiring watcher = ShmWiring.join(space, place);
        try (Pool pool = Pool.processes(how)) {
            List<PoolTask<R>> calls = new ArrayList<>();
            for (int rank = 0; rank < size; rank++) {
                int own = rank;
                @SuppressWarnings("unchecked") // a seat travels for a group, see LinkedFunction
                PoolTask<R> call = pool.submit((PoolFunction<Object, R>) function, new Seat(space, rank, size));
                call.whenEnded(() -> watcher.lose(own, Board.KILLED)); // unless it has left
                calls.add(call);
            }
            return calls.stream().map(PoolTask::outcome).toList();
        } finally {
            watcher.close();
            ShmWiring.removeSpace(space);
        }
    }
}
