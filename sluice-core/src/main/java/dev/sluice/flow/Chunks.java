package dev.sluice.flow;

import dev.sluice.channel.Channel;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Gathers values into lists.
///
/// When the stages before it fail it hands on what it has, and then the failure.
///
/// Threads: the strand of the stage behind.
final class Chunks<T> implements Step<T> {
    private final PipelineRun run;
    private final int size;
    private final Stage.Next<? super List<T>> next;
    private List<T> open = new ArrayList<>();
    private boolean wanted = true;

    Chunks(PipelineRun run, int size, Stage.Next<? super List<T>> next) {
        this.run = run;
        this.size = size;
        this.next = next;
    }

    /// Chunks of `size`, or of what has come within `patience` after their first value.
    static <T> Stage<List<T>> of(Stage<T> before, int size, Duration patience) {
        return (run, next) -> {
            Branch<T> branch = run.branch("chunk", List.of(before), Channel.rendezvous());
            var chunks = new Chunks<T>(run, size, next);
            try {
                chunks.flushAfter(() -> {
                    while (chunks.wanted && branch.hasNext()) {
                        chunks.open.add(branch.next());
                        Deadline.after(patience).named("chunk").tryRun(() -> chunks.fill(branch));
                        chunks.flush();
                    }
                });
            } finally {
                branch.end();
            }
        };
    }

    private void flushAfter(Action<Exception> work) throws Exception {
        try {
            work.run();
        } catch (StageFailedException failure) {
            flush(failure);
            throw failure;
        }
        flush(null);
    }

    @Override
    public void flush(@Nullable Throwable failure) throws Exception {
        if (failure != null) {
            run.failed(failure); // if the stage behind fails, too
        }
        flush();
    }

    /// Gathers only: a deadline is not for the stages behind.
    private void fill(Branch<T> branch) {
        while (open.size() < size && branch.hasNext()) {
            open.add(branch.next());
        }
    }

    @Override
    public boolean take(T value) throws Exception {
        open.add(value);
        return open.size() < size || flush();
    }

    private boolean flush() throws Exception {
        if (!wanted || open.isEmpty()) {
            return wanted;
        }
        List<T> full = Collections.unmodifiableList(open);
        open = new ArrayList<>();
        wanted = false; // if it fails
        wanted = next.take(full);
        return wanted;
    }
}
