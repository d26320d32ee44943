package dev.sluice.flow;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// Values made by a coroutine, one at a time and only when asked for: plain code that yields.
///
/// ```java
/// try (Generator<Long> powers = Generator.of("powers", out -> {
///     for (long n = 1; ; n *= 2) out.yield(n);                // for ever; it rests at each yield
/// })) {
///     for (long power : powers) if (power > 1000) break;
/// }
/// ```
///
/// The body begins when the first value is asked for, on the loop where the generator was made, and rests
/// whenever it has yielded. It may suspend, use tasks and deadlines, and ask other generators. What it throws
/// is thrown, as the cause, to those who ask.
///
/// **Its end.** [#close] cancels the body where it is and waits until it has cleaned up: every further yield of
/// it throws, in a shield too. A generator that nobody closes is ended when the scope is left in which it was
/// made: that of a group, a deadline, or the task. So it never outlives the task. A failure that nobody was
/// told of is reported then. Made by a thread that is no coroutine it ends when it is closed or exhausted; a
/// virtual thread rests until then.
///
/// **Cancellation.** Who is cancelled while he asks has not got a value, and none is lost: the generator goes
/// on to its yield, and the next to ask gets what was yielded. When the scope is cancelled in which the
/// generator was made, so is the generator.
///
/// It can be iterated once: `iterator()` is the generator itself. On one loop a value costs two hand-overs of
/// the loop, there and back. A thread that is no coroutine is woken for each value, which costs some
/// microseconds: put a pipeline with a buffer between, or run the consumer on the loop.
///
/// Threads: made by any; asked by any, one at a time; `close` any, but not the body.
@SuppressWarnings("IterableAndIterator") // an iterator that a for loop takes, and goes on with
public final class Generator<T> implements Iterator<T>, Iterable<T>, AutoCloseable {
    /// What makes the values.
    @FunctionalInterface
    public interface Body<T> {
        /// @param out where the values go
        /// @throws Exception anything; whoever asks for the next value gets it as a cause
        void run(Output<T> out) throws Exception;
    }

    /// Where a body puts its values.
    @FunctionalInterface
    public interface Output<T> {
        /// Hands a value over and rests until the next one is asked for.
        ///
        /// @throws dev.sluice.cancel.CancelledException if no more values are wanted, or the caller is
        ///     cancelled
        void yield(T value);
    }

    private final GeneratorStrand<T> coroutine;

    private Generator(GeneratorStrand<T> coroutine) {
        this.coroutine = coroutine;
    }

    /// A generator that belongs to the scope of the caller. Its body has not begun.
    ///
    /// @param name for messages
    public static <T> Generator<T> of(String name, Body<T> body) {
        return new Generator<>(new GeneratorStrand<>(name, body));
    }

    /// A generator without a name.
    public static <T> Generator<T> of(Body<T> body) {
        return of("generator", body);
    }

    /// Whether there is another value; has the body make it, and waits for that.
    ///
    /// @throws dev.sluice.task.TaskFailedException if the body failed, each time; the cause is its failure
    /// @throws dev.sluice.cancel.CancelledException if the caller or the generator is cancelled
    /// @throws IllegalStateException if the generator's scope has been left, or its own body asks
    @Override
    public boolean hasNext() {
        return coroutine.ask() != null;
    }

    /// The next value; throws as [#hasNext].
    @Override
    public T next() {
        @Nullable T value = coroutine.ask();
        if (value == null) {
            throw new NoSuchElementException("next of " + coroutine + ": ended");
        }
        coroutine.take();
        return value;
    }

    /// This very generator: it can be iterated once, and goes on where it was left.
    @Override
    public Iterator<T> iterator() {
        return this;
    }

    /// The values that are left, in order. Closing the stream closes the generator.
    public Stream<T> stream() {
        var values = Spliterators.spliteratorUnknownSize(this, Spliterator.ORDERED | Spliterator.NONNULL);
        return StreamSupport.stream(values, false).onClose(this::close);
    }

    /// Ends the body and waits until it has cleaned up, cancelled or not. There are no more values then; one
    /// that was not taken is dropped.
    ///
    /// @throws dev.sluice.task.TaskFailedException if the body failed and nobody has been told yet
    /// @throws IllegalStateException if its own body calls
    @Override
    public void close() {
        coroutine.close();
    }

    @Override
    public String toString() {
        return coroutine.toString();
    }
}
