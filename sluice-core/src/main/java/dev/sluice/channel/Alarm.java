package dev.sluice.channel;

import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.loop.SharedLoop;
import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.timer.Timer;
import dev.sluice.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Has a channel look again when its next value is due.
///
/// A timer is never taken back: one that has become needless finds nothing to do.
///
/// Threads: `needed` by whoever holds the lock of the channel; `set` any.
final class Alarm {
    private static final long NEVER = Long.MAX_VALUE;

    private final EventLoop loop = home();
    private @Nullable Locked channel; // before the channel is shared

    // Guarded by the lock of the channel.
    final List<Strand> toWake = new ArrayList<>(); // who has got what was due, until the channel settles
    private long next = NEVER;

    void belongsTo(Locked locked) {
        channel = locked;
    }

    /// The loop of the caller, or the one of those who have none.
    static EventLoop home() {
        EventLoop loop = Strand.current().loop();
        return loop != null ? loop : SharedLoop.get();
    }

    boolean isOf(EventLoop other) {
        return loop == other;
    }

    Clock clock() {
        return loop.clock();
    }

    /// Whether a timer has to be [#set], because none rings early enough.
    boolean needed(long due) {
        if (due >= next) {
            return false;
        }
        next = due;
        return true;
    }

    void set(long due) {
        var timer = new Due();
        timer.deadline = due;
        loop.arm(timer);
    }

    private final class Due extends Timer {
        @Override
        protected void expired() {
            Locked ringing = channel;
            assert ringing != null;
            ringing.lock();
            if (next == deadline) {
                next = NEVER;
            }
            ringing.unlock();
            ringing.settle();
        }
    }
}
