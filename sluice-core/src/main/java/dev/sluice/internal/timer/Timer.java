package dev.sluice.internal.timer;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Something that happens once at a time, and the node by which a [TimerWheel] holds it.
///
///     idle ──wheel.add──▶ armed ──time comes──▶ idle, expired() called
///                           └────wheel.remove──▶ idle
///
/// Threads: the wheel's thread only; when its loop has ended, whoever ends it.
public abstract class Timer {
    /// When, on the wheel's clock, in nanoseconds; set before each `add`.
    public long deadline;

    // The wheel's own: the slot's list. `slot` is null while idle.
    @Nullable Slot slot;

    @Nullable Timer previous;

    @Nullable Timer next;

    /// Called on the wheel's thread once the deadline has passed; may add and remove timers, does not block.
    protected abstract void expired();

    /// Ends the wait of one that no wheel holds any more, after a while, on a thread of the JDK's. Any thread.
    ///
    /// Not on the loop of those who have none: it would have to be started, and here no lock may be waited for.
    public final void endAfter(long nanos) {
        CompletableFuture.delayedExecutor(Math.max(0, nanos), TimeUnit.NANOSECONDS)
                .execute(this::expired);
    }

    /// Whether the wheel holds this timer.
    public final boolean armed() {
        return slot != null;
    }

    /// One place of the wheel: the timers that end in one span of time, in the order of their arrival.
    static final class Slot {
        final int level;
        final int index;

        @Nullable Timer first;

        @Nullable Timer last;

        Slot(int level, int index) {
            this.level = level;
            this.index = index;
        }

        void append(Timer timer) {
            assert timer.slot == null && timer.next == null && timer.previous == null;
            timer.slot = this;
            timer.previous = last;
            if (last == null) {
                first = timer;
            } else {
                last.next = timer;
            }
            last = timer;
        }

        void unlink(Timer timer) {
            assert timer.slot == this;
            Timer before = timer.previous;
            Timer after = timer.next;
            if (before == null) {
                first = after;
            } else {
                before.next = after;
            }
            if (after == null) {
                last = before;
            } else {
                after.previous = before;
            }
            timer.slot = null;
            timer.previous = null;
            timer.next = null;
        }
    }
}
