package dev.sluice.task;

import dev.sluice.cancel.CancelReason;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.strand.Scope;
import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.timer.Timer;
import dev.sluice.observe.Report;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The cancel scope of a group. Once cancelled it gives the tasks a while, and then names those that go on.
///
/// Threads: any, as [Scope].
final class GroupScope extends Scope {
    /// How long a cancelled task may take to end before it is reported.
    static final long PATIENCE_NANOS = 1_000_000_000L;

    private final TaskGroup<?, ?> group;
    private final @Nullable EventLoop loop;

    private @Nullable Look look; // written under the scope's lock; read by the owner after it has left the scope

    GroupScope(Strand owner, TaskGroup<?, ?> group) {
        super(owner.scope(), owner, false);
        this.group = group;
        this.loop = owner.loop();
    }

    @Override
    protected void onCancelled() {
        if (loop != null) {
            look = new Look(loop);
            look.deadline = loop.clock().nanoTime() + PATIENCE_NANOS;
            loop.arm(look);
        }
    }

    @Override
    protected void forgotten() {
        group.close();
    }

    /// The owner has left the scope: all tasks have ended.
    void left() {
        if (look == null) {
            return;
        }
        if (look.armedOnLoop) {
            look.loop.disarm(look);
        } else {
            look.loop.disarmInTurn(look);
        }
    }

    @Override
    public String toString() {
        return group.toString();
    }

    private final class Look extends Timer {
        private final EventLoop loop;
        private final boolean armedOnLoop;

        Look(EventLoop loop) {
            this.loop = loop;
            this.armedOnLoop = loop.onLoop();
        }

        @Override
        protected void expired() {
            CancelReason why = reason();
            List<Report.Holdout> holdouts = new ArrayList<>();
            for (Strand task : tasks()) {
                holdouts.add(new Report.Holdout(task.path(), task.doing(), task.thread()));
            }
            if (why != null && !holdouts.isEmpty()) {
                loop.report(new Report.IgnoredCancel(group.toString(), why.describe(), List.copyOf(holdouts)));
            }
        }
    }
}
