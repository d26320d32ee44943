package dev.sluice.internal.strand;

import org.jspecify.annotations.Nullable;

/// A strand's place in a queue of those who wait: one for a plain wait, one a clause for a select.
///
/// Threads: the fields below `strand` by whoever holds the lock of the queue; `token`, `value` and `rank` also
/// by the strand, while the node is in no queue.
public sealed class Waiter permits Standing.Place {
    public final Strand strand;

    /// The wait that this node stands for; changes with each use.
    public long token;

    /// What is handed over: in by the strand or out to it.
    public @Nullable Object value;

    /// Where the value to be sent stands among the others; how much is asked for.
    public long rank;

    /// Whether a counterpart ended the wait through this node, for those who cannot tell otherwise.
    public boolean claimed;

    /// The queue that the node is in, or null.
    @Nullable WaitQueue queue;

    @Nullable Waiter next;

    @Nullable Waiter previous;

    /// In the strand's own node: what the strand holds, see [Held]; the strand only.
    @Nullable Held held;

    public Waiter(Strand strand) {
        this.strand = strand;
    }

    /// Ends the wait that this node stands for; the caller has taken it out of its queue, and wakes the strand.
    public boolean tryClaim() {
        return strand.tryClaim(token);
    }

    /// The strand's own node for plain waits, which is reused: a strand waits in one place at a time.
    public static Waiter own(Strand strand) {
        if (strand.node instanceof Waiter kept) {
            assert kept.queue == null;
            return kept;
        }
        Waiter made = new Waiter(strand);
        strand.node = made;
        return made;
    }
}
