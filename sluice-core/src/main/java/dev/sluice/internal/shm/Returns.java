package dev.sluice.internal.shm;

import dev.sluice.internal.linux.SharedMapping;
import dev.sluice.time.Clock;
import java.util.concurrent.atomic.AtomicLong;

/// When to look for items that were given back: they are not where the next item is, and to look for them is to
/// look at all slots.
///
/// A word of the file counts what was given back, after it was; whoever died in between is swept, and that
/// counts too. The rest is what this process has seen.
///
/// Threads: any. Races about what was seen cost a look in vain.
final class Returns {
    private static final long NOTHING = Long.MAX_VALUE;
    private static final Clock CLOCK = Clock.system();

    private final SharedMapping memory;
    private final long offset;

    private volatile long seen = -1; // pairs with itself: set before the look that it is about; at first look once
    private final AtomicLong due = new AtomicLong(NOTHING); // by the clock, of all looks since the last began

    /// @param offset where the count is
    Returns(SharedMapping memory, long offset) {
        this.memory = memory;
        this.offset = offset;
    }

    /// Something was given back.
    void count() {
        memory.getAndAddLong(offset, 1); // pairs with the getLongVolatile in total
    }

    /// How often something was given back.
    long total() {
        return memory.getLongVolatile(offset); // pairs with the getAndAdd in count
    }

    /// Whether to look.
    boolean mayBe() {
        long next = due.get();
        return total() != seen || next != NOTHING && CLOCK.nanoTime() - next >= 0;
    }

    /// Before a look.
    ///
    /// @return for [#lookAgain]
    long beginLook() {
        long count = total();
        seen = count;
        due.set(NOTHING); // before the look, which finds it again; pairs with the accumulate in nextIn
        return count;
    }

    /// The look has ended early.
    void lookAgain(long count) {
        seen = count - 1;
    }

    /// The look has found what comes next. Another one may have found something that comes before.
    ///
    /// @param wait nanoseconds from `now`, or [Slots#NONE]
    void nextIn(long wait, long now) {
        if (wait != Slots.NONE) {
            due.accumulateAndGet(now + wait, Math::min); // pairs with the set in beginLook
        }
    }

    /// How many nanoseconds until something may be due.
    long untilNext(long now) {
        long next = due.get();
        return next == NOTHING ? NOTHING : Math.max(0, next - now);
    }
}
