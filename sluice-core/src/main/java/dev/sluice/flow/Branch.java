package dev.sluice.flow;

import dev.sluice.cancel.CancelledException;
import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelClosedException;
import dev.sluice.channel.ChannelFailedException;
import dev.sluice.channel.Sender;
import dev.sluice.task.Task;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Stages that run as tasks of their own, and the channel between them and the stage behind.
///
/// The last task that is through closes the channel; the first that fails fails it. The stage behind takes the
/// values out, and ends the tasks when it wants no more.
///
/// Threads: `pump` by the tasks; the rest by the strand of the stage behind, `end` also by that of the run.
final class Branch<T> {
    private final PipelineRun run;
    private final Channel<T> between;
    private final AtomicInteger working; // counts down to the one that closes; ordered by the channel's lock
    private final Iterator<T> values;
    final Queue<Task<Void>> tasks = new ConcurrentLinkedQueue<>();

    Branch(PipelineRun run, Channel<T> between, int tasks) {
        this.run = run;
        this.between = between;
        this.working = new AtomicInteger(tasks);
        this.values = between.iterator();
    }

    /// The body of a task.
    void pump(Stage<? extends T> stage) throws Exception {
        try {
            stage.run(run, value -> sent(between, value));
        } catch (CancelledException cancelled) {
            between.fail(cancelled);
            throw cancelled;
        } catch (Throwable failure) {
            run.failed(failure);
            between.fail(failure);
            return;
        }
        // Itself only: the last one closes; pairs with itself.
        if (working.decrementAndGet() == 0) {
            between.close();
        }
    }

    /// Sends, unless nobody receives any more.
    static <T> boolean sent(Sender<T> to, T value) {
        try {
            to.send(value);
            return true;
        } catch (ChannelClosedException closed) {
            return false;
        }
    }

    /// Whether there is another value.
    ///
    /// @throws StageFailedException if a task has failed, after the values that came before
    boolean hasNext() {
        try {
            return values.hasNext();
        } catch (ChannelFailedException failed) {
            if (failed.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw failed;
        }
    }

    T next() {
        return values.next();
    }

    /// Hands all values on, and then ends the tasks.
    void forward(Stage.Next<? super T> next) throws Exception {
        try {
            while (hasNext()) {
                if (!next.take(next())) {
                    return;
                }
            }
        } finally {
            end();
        }
    }

    /// No more values are wanted: drops those that are between and cancels the tasks. Does not wait.
    void end() {
        between.cancel(value -> {});
        for (Task<Void> task : tasks) {
            task.cancel("no more values are wanted");
        }
    }
}
