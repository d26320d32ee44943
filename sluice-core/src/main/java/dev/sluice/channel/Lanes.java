package dev.sluice.channel;

import dev.sluice.internal.loop.IdleSpin;
import dev.sluice.internal.strand.SpinLock;
import dev.sluice.internal.strand.Strand;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// A ring that one may fill while another empties it: each of its ends is a lane with a lock and an index of
/// its own. What a buffered channel gets when threads meet at its lock.
///
/// As the queue with two locks of Michael and Scott ("Simple, Fast, and Practical Non-Blocking and Blocking
/// Concurrent Queue Algorithms", PODC 1996), with indices instead of a list. Each lane remembers the other's
/// index and looks again only when the ring seems full or empty; while it is neither, no cache line goes to and
/// fro with every value.
///
///     values:      · · · · v v v v v v v · · · ·
///                          ▲             ▲
///          receiving.index ┘             └ sending.index       how many were taken and put in, since ever
///
/// Invariants:
/// - who holds one lane's lock moves its index, and touches the slots that are on its side;
/// - the channel's lock is both of them, sending first: who holds them sees a ring that rests;
/// - while they are free, a lane is clear if nobody waits at the channel, and, for sending, it has not ended.
///   So who passes through a lane alone has nobody to wake.
/// Threads: `send`, `receive` and their kin any, without a lock; the rest whoever holds both.
final class Lanes<T> extends Store<T> {
    /// The references of two cache lines: neighbours are fetched in pairs.
    private static final int APART = 32;

    private static final int FIRST = 64; // values that there is room for before the array grows

    /// How long to let the other end go on before a look is repeated; about 100 ns.
    private static final int PAUSES = 8;

    /// How often, as long as it does go on.
    private static final int MOST_PAUSES = 3;

    private static final VarHandle LOCK;
    private static final VarHandle CLEAR;
    private static final VarHandle INDEX;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            LOCK = lookup.findVarHandle(Words.class, "lock", byte.class);
            CLEAR = lookup.findVarHandle(Words.class, "clear", boolean.class);
            INDEX = lookup.findVarHandle(Words.class, "index", long.class);
            // The rest is loaded now, too: the first lanes are made under a lock.
            lookup.ensureInitialized(Lane.class);
            lookup.ensureInitialized(Lanes.UntilRoom.class);
            lookup.ensureInitialized(Lanes.UntilValues.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // Whoever holds both locks writes these, whoever holds one reads them.
    private @Nullable Object[] values; // APART at both ends stay empty
    private int room; // a power of two, or the capacity

    private final int capacity;
    private final LockedChannel<T> channel;
    private final Lane sending = new Lane();
    private final Lane receiving = new Lane();
    private final IdleSpin.Wait untilRoom = new UntilRoom();
    private final IdleSpin.Wait untilValues = new UntilValues();

    /// Takes over all values of another store, unless there is no memory. It is locked.
    ///
    /// @param from guarded by a lock that the caller holds
    Lanes(LockedChannel<T> channel, Store<T> from) {
        this(channel, from.capacity(), arrayFor(Math.max(from.size(), Math.min(from.capacity(), FIRST))));
        for (T value = from.poll(); value != null; value = from.poll()) {
            boolean stored = offer(value, 0);
            assert stored;
        }
        lock(false);
    }

    private Lanes(LockedChannel<T> channel, int capacity, @Nullable Object[] values) {
        this.channel = channel;
        this.capacity = capacity;
        use(values);
    }

    private static @Nullable Object[] arrayFor(int least) {
        int slots = least <= 1 ? 1 : Integer.highestOneBit(least - 1) << 1;
        return new Object[APART + slots + APART];
    }

    private void use(@Nullable Object[] slots) {
        values = slots;
        room = Math.min(capacity, slots.length - 2 * APART);
    }

    // ---- through one lane

    /// Puts a value in, if that wakes nobody; looks a while for room, if that pays.
    boolean send(Strand strand, T value) {
        return trySend(value)
                || mayPass()
                        && room == capacity // plain: it may have to grow, which takes both locks
                        && strand.lookFor(untilRoom, sending.indexSeen())
                        && trySend(value);
    }

    /// Puts a value in, if there is room and that wakes nobody.
    boolean trySend(T value) {
        Lane lane = sending;
        if (!lane.maySeemClear()) {
            return false;
        }
        SpinLock.lock(LOCK, lane);
        boolean sent = lane.clear && offer(value, 0);
        if (sent) {
            lane.passed++;
        }
        SpinLock.unlock(LOCK, lane);
        return sent;
    }

    /// Takes a value, or null, as [#tryReceive]; looks a while for one, if that pays.
    @Nullable T receive(Strand strand) {
        T value = tryReceive();
        return value == null && mayPass() && strand.lookFor(untilValues, receiving.indexSeen()) ? tryReceive() : value;
    }

    /// Takes a value, or null if there is none or somebody has to be woken.
    @Nullable T tryReceive() {
        Lane lane = receiving;
        if (!lane.maySeemClear()) {
            return null;
        }
        SpinLock.lock(LOCK, lane);
        T value = lane.clear ? poll() : null;
        SpinLock.unlock(LOCK, lane);
        return value;
    }

    /// Whether somebody may still come through the sending lane alone: nobody waits, and the channel goes on.
    /// Else it is no use to look.
    private boolean mayPass() {
        return sending.maySeemClear();
    }

    /// For a sender: there was no room at an index of its lane.
    private final class UntilRoom implements IdleSpin.Wait {
        @Override
        public boolean over(long index) {
            return !mayPass() || index - receiving.indexSeen() < capacity && goesOn(receiving);
        }
    }

    /// For a receiver: there was no value at an index of its lane.
    private final class UntilValues implements IdleSpin.Wait {
        @Override
        public boolean over(long index) {
            return sending.indexSeen() != index ? goesOn(sending) : !mayPass();
        }
    }

    /// Lets the other end go on for a moment, while it does: each look at its index takes the cache line away
    /// from it, so it is better to have several values for one look.
    ///
    /// @return true
    private static boolean goesOn(Lane other) {
        long before = other.indexSeen();
        for (int pause = 0; pause < MOST_PAUSES; pause++) {
            for (int i = 0; i < PAUSES; i++) {
                Thread.onSpinWait();
            }
            long now = other.indexSeen();
            if (now == before) {
                break;
            }
            before = now;
        }
        return true;
    }

    // ---- both locks

    /// Takes both locks.
    ///
    /// @param nested whether the caller holds the lock of another channel
    void lock(boolean nested) {
        if (nested) {
            SpinLock.lockNested(LOCK, sending);
            SpinLock.lockNested(LOCK, receiving);
            return;
        }
        SpinLock.lock(LOCK, sending);
        while (!SpinLock.lockSoon(LOCK, receiving)) {
            // Its holder lost its CPU: give it ours, but not with the first lock, see lockNested.
            SpinLock.unlock(LOCK, sending);
            Thread.yield();
            SpinLock.lock(LOCK, sending);
        }
    }

    void unlock() {
        boolean nobodyWaits = !channel.hasWaitingLocked();
        // Opaque: pairs with maySeemClear; who wants to be sure takes the lane's lock, which unlock releases.
        CLEAR.setOpaque(sending, nobodyWaits && !channel.endedLocked());
        CLEAR.setOpaque(receiving, nobodyWaits);
        SpinLock.unlock(LOCK, receiving);
        SpinLock.unlock(LOCK, sending);
    }

    /// How many values have been sent through the lane alone.
    long passed() {
        return sending.passed;
    }

    @Override
    Store<T> takeAll() {
        @Nullable Object[] empty = arrayFor(1); // first: without memory nothing has happened
        var taken = new Lanes<>(channel, capacity, values);
        taken.sending.index = sending.index;
        taken.receiving.index = receiving.index;
        taken.receiving.other = sending.index;
        receiving.index = sending.index;
        receiving.other = sending.index;
        use(empty);
        return taken;
    }

    // ---- store; offer needs the lock of the sending lane only, unless the array has to grow, and poll the
    // other

    @Override
    boolean offer(T value, long rank) {
        Lane lane = sending;
        long tail = lane.index;
        if (tail - lane.other >= room) {
            // Acquires that the slot was emptied; pairs with the release in poll.
            lane.other = (long) INDEX.getAcquire(receiving);
            if (tail - lane.other >= room) {
                return false;
            }
        }
        values[slot(tail)] = value;
        // Releases the value; pairs with the acquire in poll.
        INDEX.setRelease(lane, tail + 1);
        return true;
    }

    /// The caller holds both locks.
    @Override
    boolean extend() {
        if (room == capacity) {
            return false;
        }
        @Nullable Object[] before = values;
        int slots = room;
        use(arrayFor(2 * slots));
        for (long index = receiving.index; index < sending.index; index++) {
            values[slot(index)] = before[APART + ((int) index & (slots - 1))];
        }
        return true;
    }

    private int slot(long index) {
        return APART + ((int) index & (values.length - 2 * APART - 1));
    }

    @Override
    @SuppressWarnings("unchecked") // only offer puts something in
    @Nullable T poll() {
        Lane lane = receiving;
        long head = lane.index;
        if (head == lane.other) {
            // Acquires the values; pairs with the release in offer.
            lane.other = (long) INDEX.getAcquire(sending);
            if (head == lane.other) {
                return null;
            }
        }
        int slot = slot(head);
        T value = (T) values[slot];
        values[slot] = null;
        // Releases the slot; pairs with the acquire in offer.
        INDEX.setRelease(lane, head + 1);
        return value;
    }

    @Override
    int size() {
        return (int) (sending.index - receiving.index);
    }

    @Override
    int capacity() {
        return capacity;
    }

    // ---- one lane, with nobody else on its cache lines; the int fills a gap behind the object's header

    @SuppressWarnings("unused")
    private static class Before {
        private int p00;
        private long p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15, p16;
    }

    private static class Words extends Before {
        byte lock; // through SpinLock only
        boolean clear; // whoever holds both locks; read under one, and as a hint
        long index; // whoever holds this lane's lock, released to the other
        long other; // the other lane's index, as it was seen last; under this lane's lock
        long passed; // under this lane's lock
    }

    private static final class Lane extends Words {
        @SuppressWarnings("unused")
        private long q01, q02, q03, q04, q05, q06, q07, q08, q09, q10, q11, q12, q13, q14, q15, q16;

        /// A hint. Opaque: pairs with unlock of the lanes.
        boolean maySeemClear() {
            return (boolean) CLEAR.getOpaque(this);
        }

        /// A hint. Opaque: pairs with the releases in offer and poll.
        long indexSeen() {
            return (long) INDEX.getOpaque(this);
        }
    }
}
