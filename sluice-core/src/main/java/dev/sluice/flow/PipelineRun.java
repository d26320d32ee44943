package dev.sluice.flow;

import dev.sluice.cancel.CancelledException;
import dev.sluice.channel.Channel;
import dev.sluice.channel.Select;
import dev.sluice.channel.Sender;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.strand.Strand;
import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import dev.sluice.task.Action;
import dev.sluice.task.CancelScope;
import dev.sluice.task.JoinPolicy;
import dev.sluice.task.Outcome;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// One run of a pipeline: the group of the tasks that its stages are.
///
/// A stage that fails does not cancel the group: its failure goes down the channel behind it, after the values
/// that were made before. It reaches the strand that runs the pipeline, which then ends all others.
///
/// Threads: `of` and `ends` by the strand that runs the pipeline; `branch` by it, and by the tasks.
final class PipelineRun {
    /// What is run.
    @FunctionalInterface
    interface Body {
        void run(PipelineRun run) throws Exception;
    }

    private final TaskGroup<Object, List<Outcome<Object>>> group;
    private final Queue<Branch<?>> branches = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>(); // each once

    private @Nullable Task<Void> watcher; // the strand that runs the pipeline

    private PipelineRun(TaskGroup<Object, List<Outcome<Object>>> group) {
        this.group = group;
    }

    /// Runs a body and waits for all tasks that it has started.
    ///
    /// @throws Exception what the body threw
    static void of(String name, Body body) throws Exception {
        try (var group = TaskGroup.open(name, JoinPolicy.collectAll())) {
            var run = new PipelineRun(group);
            Throwable thrown = null;
            try {
                body.run(run);
            } catch (Throwable failure) {
                thrown = failure;
            }
            Stage.rethrow(run.ends(thrown));
        }
    }

    /// Runs stages until they are through, or nobody receives any more what they send; also while they have
    /// nothing to send, which a task looks after.
    void whileWanted(Sender<?> out, Action<Exception> stages) throws Exception {
        CancelScope.<Exception>run(scope -> {
            watcher = group.start("receiver", () -> {
                Select.of(out.onClosed(() -> scope.cancel("no more values are wanted")))
                        .await();
            });
            stages.run();
        });
    }

    /// Starts tasks that run stages, and what they hand on.
    ///
    /// @param between what they all send to, and nobody else
    <T> Branch<T> branch(String name, List<? extends Stage<? extends T>> stages, Channel<T> between) {
        var branch = new Branch<>(this, between, stages.size());
        branches.add(branch);
        for (Stage<? extends T> stage : stages) {
            branch.tasks.add(group.start(name, () -> branch.pump(stage)));
        }
        return branch;
    }

    /// A stage has failed; the one behind may or may not come to hear of it.
    void failed(Throwable failure) {
        if (!failures.contains(failure)) {
            failures.add(failure);
        }
    }

    /// Ends all tasks.
    ///
    /// @param thrown what the strand of this run has thrown
    /// @return what it is to throw
    private @Nullable Throwable ends(@Nullable Throwable thrown) {
        branches.forEach(Branch::end);
        Task<Void> watching = watcher;
        if (watching != null) {
            watching.cancel("the pipeline has ended");
        }
        Throwable result = thrown;
        try {
            group.join();
        } catch (CancelledException cancelled) {
            result = thrown == null ? cancelled : thrown;
        }
        for (Throwable failure : failures) {
            if (result == null) {
                report(failure);
            } else if (result != failure) {
                result.addSuppressed(failure);
            }
        }
        return result;
    }

    /// Tells of a failure beyond what was wanted: the run has its result already.
    private static void report(Throwable failure) {
        Strand strand = Strand.current();
        EventLoop loop = strand.loop();
        var report = new Report.UnobservedFailure(strand.path(), failure);
        if (loop != null) {
            loop.report(report);
        } else {
            Reports.publish(report);
        }
    }
}
