package dev.sluice.channel;

import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.loop.SharedLoop;
import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.timer.Timer;
import dev.sluice.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Has a channel look again when its next value is due.
///
/// Invariant, whenever the lock is free: a timer that is set rings earlier than all that were set before it, so
/// there are never more of them than values that wait for their time. One that has become needless finds nothing
/// to do.
/// Threads: `needed` and `takeAll` by whoever holds the lock of the channel; the rest any.
final class Alarm {
    private final EventLoop loop = home();
    private @Nullable Locked channel; // before the channel is shared

    // Guarded by the lock of the channel.
    final List<Strand> toWake = new ArrayList<>(); // who has got what was due, until the channel settles
    private final ArrayDeque<Due> ringing = new ArrayDeque<>(); // the earliest last

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

    /// The timer that has to be [#set], or null if one rings early enough.
    @Nullable Due needed(long due) {
        Due earliest = ringing.peekLast();
        if (due >= (earliest == null ? Long.MAX_VALUE : earliest.deadline)) {
            return null;
        }
        var timer = new Due();
        timer.deadline = due;
        ringing.addLast(timer);
        return timer;
    }

    void set(Due timer) {
        loop.arm(timer);
    }

    /// The timers of values that nobody waits for any more, to be [stopped][Due#stop].
    List<Due> takeAll() {
        List<Due> all = List.copyOf(ringing);
        ringing.clear();
        return all;
    }

    final class Due extends Timer {
        /// One that another thread is about to set rings all the same.
        void stop() {
            loop.disarmInTurn(this);
        }

        @Override
        protected void expired() {
            Locked late = channel;
            assert late != null;
            late.lock();
            ringing.removeLastOccurrence(this);
            late.unlock();
            late.settle();
        }
    }
}
