package dev.sluice.ranks;

import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.ranks.Wiring;
import dev.sluice.internal.strand.Ownership;
import dev.sluice.ranks.RankFailedException.How;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/// What a rank has as long as it takes part, however often its group shrinks: its endpoint, its place in the
/// scope that joined, and that it does one thing at a time.
///
/// Threads: any; who comes while another operation runs is refused.
final class Membership {
    final Endpoint ends;
    private final Wiring wiring;

    /// The rank's place in the scope that joined: when that is left before the rank has closed its group, the
    /// others need not wait for it.
    private final Ownership ownership = new Ownership(this, this::abandon);
    private final AtomicBoolean busy = new AtomicBoolean(); // acquired and released by each operation
    private boolean closed; // while busy

    private Membership(Wiring wiring) {
        this.wiring = wiring;
        this.ends = new Endpoint(wiring);
    }

    /// Joins, and waits until all others have.
    static Membership of(Wiring wiring) {
        var made = new Membership(wiring);
        made.ownership.join();
        try {
            made.ends.awaitAll();
        } catch (Throwable failure) {
            made.ends.fail(howOf(failure));
            made.end(made.ends::leave);
            throw failure;
        }
        return made;
    }

    String name() {
        return wiring.name();
    }

    /// One operation.
    <R> R perform(int epoch, Operation now, int tag, Supplier<R> body) {
        enter(now);
        try {
            require(epoch, now);
            ends.begin(now, tag);
            try {
                R result = body.get();
                ends.end();
                return result;
            } catch (Throwable failure) {
                ends.fail(howOf(failure));
                throw failure;
            }
        } finally {
            leave();
        }
    }

    boolean isBroken(int epoch) {
        enter(Operation.NOTHING);
        try {
            require(epoch, Operation.NOTHING);
            return ends.isBroken();
        } finally {
            leave();
        }
    }

    /// Begins anew.
    void shrink(int epoch) {
        enter(Operation.SHRINK);
        try {
            require(epoch, Operation.SHRINK);
            ends.shrink();
        } finally {
            leave();
        }
    }

    private static How howOf(Throwable failure) {
        return failure instanceof CancelledException ? How.CANCELLED : How.FAILED;
    }

    private void enter(Operation now) {
        if (!busy.compareAndSet(false, true)) { // acquires what the last operation wrote; pairs with leave
            throw new IllegalStateException(
                    now.text() + " of " + name() + ": another operation of this rank runs, expected one at a time");
        }
    }

    private void leave() {
        busy.set(false); // releases; pairs with the compare-and-set in enter
    }

    private void require(int epoch, Operation now) {
        if (closed) {
            throw new IllegalStateException(now.text() + " of " + name() + ": the group was closed here");
        }
        if (epoch != ends.epoch()) {
            throw new IllegalStateException(
                    now.text() + " of " + name() + ": the group has shrunk, expected the one that shrink() returned");
        }
    }

    /// Ends it, once.
    void end(Runnable how) {
        enter(Operation.NOTHING);
        try {
            if (!closed) {
                closed = true;
                how.run();
                ownership.leave();
            }
        } finally {
            leave();
        }
    }

    private void abandon() {
        end(() -> ends.lose(How.DIED));
    }

    @Override
    public String toString() {
        return "rank " + wiring.rank() + " of " + name();
    }
}
