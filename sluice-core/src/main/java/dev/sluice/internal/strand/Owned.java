package dev.sluice.internal.strand;

import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import java.util.concurrent.atomic.AtomicBoolean;

/// Something that belongs to a scope without running in it, and must not outlive it: a child process.
///
/// It is a leaf of the tree of cancellation: [#onCancelled] tells it at once. If it has not ended itself when its
/// scope is left, the strand that leaves ends it, and waits.
///
///     idle ──begin──▶ owned ──release──▶ ended
///                       └──scope is left: end(), release──▶ ended
///
/// Threads: `begin` by the strand that owns the scope; `release` any.
public abstract class Owned extends Scope {
    private final Scope owner;
    private final AtomicBoolean released = new AtomicBoolean(); // one winner unlinks; pairs with itself

    /// In the innermost scope of a strand.
    protected Owned(Strand strand) {
        super(strand.scope(), strand, false);
        this.owner = strand.scope();
    }

    /// Joins the scope. If that is cancelled, so is this, without [#onCancelled].
    protected final void begin() {
        owner.link(this);
    }

    /// Leaves the scope, because this has ended. Once is enough, more is no error.
    protected final void release() {
        // One winner; pairs with itself.
        if (released.compareAndSet(false, true)) {
            unlink();
        }
    }

    /// Ends it and waits, cancelled or not. Called by the strand that leaves the scope.
    protected abstract void end();

    /// What to call it in a report.
    @Override
    public abstract String toString();

    final void endNow() {
        try {
            end();
        } catch (Throwable failure) {
            // The scope must be left all the same.
            Reports.publish(new Report.UnobservedFailure("end of " + this, failure));
        } finally {
            release();
        }
    }
}
