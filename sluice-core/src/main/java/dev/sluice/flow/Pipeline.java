package dev.sluice.flow;

import dev.sluice.cancel.Durations;
import dev.sluice.channel.Channel;
import dev.sluice.channel.Receiver;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.loop.SharedLoop;
import dev.sluice.internal.strand.Sleep;
import dev.sluice.internal.strand.Strand;
import dev.sluice.task.TaskGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Stages that values pass through, one after the other, while somebody asks for them.
///
/// ```java
/// Pipeline.of(lines)                                          // a receiver, a generator, a list
///         .map(Reading::parse)
///         .merge(Pipeline.of(others))
///         .filter(Reading::valid)
///         .chunk(100, ofSeconds(1))
///         .throttle(10, ofSeconds(1))
///         .forEach(this::store);                              // runs it, here
/// ```
///
/// It is a description: nothing happens before [#forEach], [#toList] or [#start] runs it, in a group of tasks
/// that is gone when it returns. `map`, `filter`, `limit`, `chunk` and `throttle` work on the strand of the
/// stage behind them; `buffer`, `merge`, `zip` and a `chunk` with a patience run the stages before them as
/// tasks.
///
/// **Null** is not a value: a source, `map` or `zip` that gives it has failed.
///
/// **Order.** Values keep theirs. `merge` takes them as they come, each source in its order.
///
/// **Back-pressure.** A stage waits until the stage behind takes. Only `buffer` lets the stages before it be
/// ahead, by so many values; a task holds one value more, in its hand.
///
/// **Failure.** What a stage or a source throws goes down, behind the values made before it, and comes out as
/// the cause of a [StageFailedException]; all other stages are cancelled. What the last function throws, in
/// [#forEach], is thrown as it is. A failure beyond what was wanted, in a stage that was ahead, is reported.
///
/// **Ending early.** When the stages behind want no more, as after [#limit], or fail, or when the run is
/// cancelled, the stages before are cancelled, and the `finally` blocks of their functions run. The values that
/// they hold are dropped: those in buffers and open chunks, and the one that each task has in its hand. What
/// nobody has taken from a source stays there: a receiver can be received from, and is not closed.
///
/// **Length.** There may be as many stages as anybody wants: the stack of a run does not grow with them.
///
/// Threads: immutable; run by a coroutine, or by any thread if no stage is a task.
public final class Pipeline<T> {
    /// Makes one value of another.
    @FunctionalInterface
    public interface Mapper<A, B> {
        /// @throws Exception anything; it is the failure of the stage
        B apply(A value) throws Exception;
    }

    /// Says whether a value is wanted.
    @FunctionalInterface
    public interface Test<A> {
        /// @throws Exception anything; it is the failure of the stage
        boolean test(A value) throws Exception;
    }

    /// Makes one value of two.
    @FunctionalInterface
    public interface Zipper<A, B, C> {
        /// @throws Exception anything; it is the failure of the stage
        C apply(A left, B right) throws Exception;
    }

    /// Takes the values that come out.
    @FunctionalInterface
    public interface Taker<A, X extends Exception> {
        void accept(A value) throws X;
    }

    private final String name;
    private final Stage<T> stage;

    private Pipeline(String name, Stage<T> stage) {
        this.name = name;
        this.stage = stage;
    }

    private <R> Pipeline<R> then(Stage<R> behind) {
        return new Pipeline<>(name, behind);
    }

    private <R> Pipeline<R> step(Step.Plan<T, R> step) {
        return then(Row.of(stage, step));
    }

    /// The values of a receiver, a generator, a list; asked for when they are wanted, and left open.
    public static <T> Pipeline<T> of(Iterable<? extends T> values) {
        return new Pipeline<>("pipeline", Stage.source(Objects.requireNonNull(values, "values")));
    }

    /// The values of a stream, which is closed when the run has ended. It can be run once, as a stream can.
    public static <T> Pipeline<T> of(Stream<T> stream) {
        Objects.requireNonNull(stream, "stream");
        return new Pipeline<>("pipeline", (run, next) -> {
            try (stream) {
                Stage.iterate(Stage.call("source", stream::iterator), next);
            }
        });
    }

    /// What a generator's body yields, in each run from the beginning. When no more is wanted its yield throws,
    /// so that its `finally` blocks run.
    public static <T> Pipeline<T> generate(Generator.Body<T> body) {
        return new Pipeline<>("pipeline", new GeneratorStage<>(Objects.requireNonNull(body, "body")));
    }

    /// The same under a name, which the paths of its tasks contain.
    public Pipeline<T> named(String name) {
        return new Pipeline<>(name, stage);
    }

    // ---- stages that work on the strand of the stage behind them

    /// Each value replaced by another.
    public <R> Pipeline<R> map(Mapper<? super T, ? extends R> mapper) {
        return step((line, next) -> value -> next.take(Stage.<R>call("map", () -> mapper.apply(value))));
    }

    /// Those values that pass a test.
    public Pipeline<T> filter(Test<? super T> test) {
        return step((line, next) -> value -> !Stage.call("filter", () -> test.test(value)) || next.take(value));
    }

    /// The first `count` values. No further one is asked for.
    ///
    /// @param count zero or more; for zero the stages before this are not run, and a stream is not closed
    public Pipeline<T> limit(long count) {
        require(count >= 0, "limit: count=" + count + ", expected 0 or more");
        return step((line, next) -> {
            if (count == 0) {
                line.wantsNothing();
            }
            long[] left = {count};
            return value -> {
                boolean wanted = next.take(value);
                return --left[0] > 0 && wanted;
            };
        });
    }

    /// Lists of `size` values; the last may be smaller. Before a failure comes what there is.
    ///
    /// @param size at least 1
    public Pipeline<List<T>> chunk(int size) {
        require(size >= 1, "chunk: size=" + size + ", expected at least 1");
        return step((line, next) -> new Chunks<>(line.run, size, next));
    }

    /// No two values closer together than `per / count`, on the clock of the loop; nothing is dropped. Only behind
    /// a value that a busy loop let pass late the next may come sooner, so that the rate is kept.
    ///
    /// @param count at least 1
    /// @param per more than zero
    public Pipeline<T> throttle(int count, Duration per) {
        require(
                count >= 1 && per.isPositive(),
                "throttle: count=" + count + ", per=" + Durations.print(per)
                        + ", expected at least 1 in more than no time");
        long interval = Math.max(1, EventLoop.nanos(per) / count);
        return step((line, next) -> {
            var pace = new Pace(interval);
            return value -> {
                pace.keep();
                return next.take(value);
            };
        });
    }

    // ---- stages before which tasks run

    /// Lets the stages before this be ahead of those behind.
    ///
    /// @param capacity by how many values, 1 to 2^30
    public Pipeline<T> buffer(int capacity) {
        require(capacity >= 1 && capacity <= 1 << 30, "buffer: capacity=" + capacity + ", expected 1 to 2^30");
        return then((run, next) -> run.branch("buffer", List.of(stage), Channel.<T>buffered(capacity))
                .forward(next));
    }

    /// These values and those of others, as they come. It ends when all have ended.
    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    public final Pipeline<T> merge(Pipeline<? extends T>... others) {
        List<Stage<? extends T>> stages = new ArrayList<>();
        stages.add(stage);
        for (Pipeline<? extends T> other : others) {
            stages.add(other.stage);
        }
        return then((run, next) ->
                run.branch("merge", stages, Channel.<T>rendezvous()).forward(next));
    }

    /// The first of these with the first of the others, and so on. It ends when these have ended; or when there
    /// is one more of them and the others have ended, and that one is dropped, as is one of the others without
    /// a partner.
    public <B, R> Pipeline<R> zip(Pipeline<B> other, Zipper<? super T, ? super B, ? extends R> zipper) {
        return step((line, next) -> {
            Branch<B> others = line.run.branch("zip", List.of(other.stage), Channel.<B>rendezvous());
            return new Zip<T, B, R>(others, zipper, next);
        });
    }

    /// Lists of `size` values, or of those that have come within `patience` after the first of them. Before a
    /// failure comes what there is.
    ///
    /// @param size at least 1
    /// @param patience more than zero, on the clock of the loop
    public Pipeline<List<T>> chunk(int size, Duration patience) {
        require(
                size >= 1 && patience.isPositive(),
                "chunk: size=" + size + ", patience=" + Durations.print(patience)
                        + ", expected at least 1 and more than no time");
        return then(Chunks.of(stage, size, patience));
    }

    // ---- running it

    /// Runs the pipeline and hands each value that comes out to `taker`, on the strand of the caller.
    ///
    /// @throws X what `taker` threw
    /// @throws StageFailedException if a stage failed
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    @SuppressWarnings("unchecked") // stages throw what is unchecked, so this is the taker's
    public <X extends Exception> void forEach(Taker<? super T, X> taker) throws X {
        try {
            PipelineRun.of(
                    name,
                    run -> stage.run(run, value -> {
                        taker.accept(value);
                        return true;
                    }));
        } catch (Exception failure) {
            throw (X) failure;
        }
    }

    /// Runs the pipeline and returns all values that come out.
    ///
    /// @throws StageFailedException if a stage failed
    public List<T> toList() {
        List<T> values = new ArrayList<>();
        this.<RuntimeException>forEach(values::add);
        return values;
    }

    /// The values that come out, made when the stream asks for them: it runs the pipeline in a generator.
    /// Closing the stream ends the run.
    public Stream<T> stream() {
        return Generator.<T>of(name, out -> this.<RuntimeException>forEach(out::yield)).stream();
    }

    /// Runs the pipeline as a task of a group.
    ///
    /// The receiver gets the values, then the end or the failure, which is also that of the task. Cancelling
    /// the receiver ends the pipeline, also while its source is silent.
    ///
    /// @param capacity how many values the receiver may hold, 1 to 2^30
    /// @return where the values come out
    public Receiver<T> start(TaskGroup<?, ?> group, int capacity) {
        Channel<T> out = Channel.<T>buffered(capacity).named(name);
        group.start(name, () -> {
            try {
                PipelineRun.of(
                        name, run -> run.whileWanted(out, () -> stage.run(run, value -> Branch.sent(out, value))));
            } catch (Throwable failure) {
                out.fail(failure);
                throw failure;
            }
            out.close();
        });
        return out;
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    @Override
    public String toString() {
        return name;
    }

    /// Keeps a distance between values.
    private static final class Pace {
        private final long interval;
        private final EventLoop loop;
        private boolean first = true;
        private long earliest; // when the next value may pass

        Pace(long interval) {
            @Nullable EventLoop home = Strand.current().loop();
            this.loop = home != null ? home : SharedLoop.get();
            this.interval = interval;
        }

        void keep() {
            long now = loop.clock().nanoTime();
            if (!first && earliest - now > 0) {
                Sleep.nanos(earliest - now, "throttle");
                now = earliest;
            }
            first = false;
            earliest = now + interval;
        }
    }
}
