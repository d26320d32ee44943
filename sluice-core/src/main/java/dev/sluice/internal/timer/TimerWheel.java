package dev.sluice.internal.timer;

import dev.sluice.internal.timer.Timer.Slot;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A hierarchical timer wheel: add, remove and the search for the next deadline take constant time.
///
/// Time is counted in ticks of `2^shift` nanoseconds. Level `k` has 64 slots of `64^k` ticks each; a timer
/// stands in the lowest level whose span reaches its deadline, which is the level of the highest bit in which
/// its tick differs from the current one:
///
///     tick now  … 000011 010110 101001
///     deadline  … 000011 011000 000111      differs first in the middle six bits: level 1, slot 24
///                        └─ 24
///
/// When the time reaches a slot above level 0, its timers move down. One bit a slot says whether it is
/// occupied, so empty slots cost nothing, however long the loop slept.
///
/// After Varghese and Lauck, "Hashed and Hierarchical Timing Wheels" (SOSP 1987), scheme 7.
///
/// Invariants: no timer ends before its deadline; a timer ends in the tick after its deadline at the latest, if
/// [#expire] is called; `now` never goes backwards; each armed timer is in the slot that its deadline and `now`
/// determine.
/// Threads: one. With `shift` 0 the wheel is exact to the nanosecond, which the simulation uses.
public final class TimerWheel {
    /// The shift of a production loop: ticks of 16.4 µs.
    public static final int COARSE = 14;

    private static final int BITS = 6;
    private static final int SLOTS = 1 << BITS;
    private static final int LEVELS = 11; // 66 bits: every long

    private final int shift;
    private final long origin;

    private final long[] occupied = new long[LEVELS];
    private final Slot[][] levels = new Slot[LEVELS][];
    private long now; // in ticks since origin
    private long size;

    /// @param originNanos the clock's reading at the start
    public TimerWheel(int shift, long originNanos) {
        assert shift >= 0 && shift <= 30 : "timer wheel: shift=" + shift;
        this.shift = shift;
        this.origin = originNanos;
    }

    /// How many timers are armed.
    public long size() {
        return size;
    }

    /// Arms a timer. A deadline in the past ends at the next [#expire].
    public void add(Timer timer) {
        assert !timer.armed() : "timer is armed already";
        place(timer);
        size++;
    }

    /// Disarms a timer; without effect if it is not armed.
    public boolean remove(Timer timer) {
        Slot slot = timer.slot;
        if (slot == null) {
            return false;
        }
        slot.unlink(timer);
        if (slot.first == null) {
            occupied[slot.level] &= ~(1L << slot.index);
        }
        size--;
        return true;
    }

    /// Ends what is due, at most `limit` timers.
    ///
    /// @return how many ended; `limit` if more may be due
    public int expire(long clockNanos, int limit) {
        long target = (clockNanos - origin) >> shift;
        int ended = 0;
        while (ended < limit) {
            int level = lowestOccupied();
            if (level < 0) {
                break;
            }
            int index = nextIndex(level);
            long start = startOf(level, index);
            if (start > target) {
                break;
            }
            if (start > now) {
                now = start;
            }
            ended += level == 0 ? end(index, limit - ended) : lower(level, index);
        }
        // Only a wheel with nothing due may skip ahead: the timers left are all beyond the target.
        if (ended < limit && target > now) {
            now = target;
        }
        return ended;
    }

    /// When [#expire] is to be called next, on the clock; [Long#MAX_VALUE] if nothing is armed. It may be
    /// earlier than the first deadline, when timers have to move down first.
    public long nextNanos() {
        int level = lowestOccupied();
        if (level < 0) {
            return Long.MAX_VALUE;
        }
        return origin + (Math.max(startOf(level, nextIndex(level)), now) << shift);
    }

    /// Disarms all timers, in no order that means anything, and hands them over: the wheel is not turned any
    /// more.
    public void drain(Consumer<Timer> to) {
        for (int level = lowestOccupied(); level >= 0; level = lowestOccupied()) {
            Timer timer = levels[level][nextIndex(level)].first;
            assert timer != null : "an occupied slot is not empty";
            remove(timer);
            to.accept(timer);
        }
    }

    /// How long after the origin, at least 0; [Long#MAX_VALUE] if that cannot be said, as for "never" when the
    /// clock began below zero.
    private long sinceOrigin(long deadline) {
        long nanos = deadline - origin;
        if (deadline <= origin) {
            return 0;
        }
        return nanos < 0 ? Long.MAX_VALUE : nanos;
    }

    private void place(Timer timer) {
        // Rounded up, so that nothing ends early; a long sum would overflow for "never", hence the detour.
        long nanos = sinceOrigin(timer.deadline);
        long tick = Math.max((nanos >> shift) + ((nanos & ((1L << shift) - 1)) == 0 ? 0 : 1), now);
        long differing = tick ^ now;
        int level = differing == 0 ? 0 : (63 - Long.numberOfLeadingZeros(differing)) / BITS;
        int index = (int) (tick >>> (level * BITS)) & (SLOTS - 1);
        Slot[] slots = levels[level];
        if (slots == null) {
            levels[level] = slots = new Slot[SLOTS];
        }
        Slot slot = slots[index];
        if (slot == null) {
            slots[index] = slot = new Slot(level, index);
        }
        slot.append(timer);
        occupied[level] |= 1L << index;
    }

    /// The lowest level with a timer. What stands there comes before everything above it.
    private int lowestOccupied() {
        if (size == 0) {
            return -1;
        }
        int level = 0;
        while (occupied[level] == 0) {
            level++;
        }
        return level;
    }

    /// The first occupied slot of a level, which is never before the current one.
    private int nextIndex(int level) {
        return Long.numberOfTrailingZeros(occupied[level]);
    }

    /// The first tick of a slot: the bits of `now` above the level, then the slot's index, then zeros.
    private long startOf(int level, int index) {
        int low = level * BITS;
        int high = low + BITS;
        long above = high >= 64 ? 0 : (now >>> high) << high;
        return above | ((long) index << low);
    }

    private int end(int index, int limit) {
        Slot slot = levels[0][index];
        int ended = 0;
        for (Timer timer = slot.first; timer != null && ended < limit; timer = slot.first) {
            remove(timer);
            ended++;
            timer.expired();
        }
        return ended;
    }

    /// Moves the timers of a slot to lower levels; ends none.
    private int lower(int level, int index) {
        Slot slot = levels[level][index];
        Timer timer = slot.first;
        slot.first = null;
        slot.last = null;
        occupied[level] &= ~(1L << index);
        while (timer != null) {
            @Nullable Timer after = timer.next;
            timer.slot = null;
            timer.previous = null;
            timer.next = null;
            place(timer);
            assert timer.slot != slot : "a timer must move down";
            timer = after;
        }
        return 0;
    }
}
