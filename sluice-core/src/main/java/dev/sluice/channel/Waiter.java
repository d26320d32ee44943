package dev.sluice.channel;

import dev.sluice.internal.strand.Strand;
import org.jspecify.annotations.Nullable;

/// A strand's place in a channel's queue of those who wait: one for a plain wait, one a clause for a select.
///
/// Threads: the fields below `strand` by whoever holds the channel's lock; `value` also by the strand, while it
/// is not in a queue.
final class Waiter {
    final Strand strand;

    /// The wait that this node stands for; changes with each use.
    long token;

    /// What is to be sent, or what was received.
    @Nullable Object value;

    /// Where the value to be sent stands among the others.
    long rank;

    /// Whether a counterpart ended the wait through this node; only a select needs to ask.
    boolean claimed;

    /// The queue that the node is in, or null.
    @Nullable WaitQueue queue;

    @Nullable Waiter next;

    @Nullable Waiter previous;

    Waiter(Strand strand) {
        this.strand = strand;
    }

    /// The strand's own node for plain waits, which is reused: a strand waits in one place at a time.
    static Waiter own(Strand strand) {
        if (strand.node instanceof Waiter kept) {
            assert kept.queue == null;
            return kept;
        }
        Waiter made = new Waiter(strand);
        strand.node = made;
        return made;
    }
}
