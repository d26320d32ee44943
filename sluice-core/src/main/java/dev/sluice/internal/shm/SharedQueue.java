package dev.sluice.internal.shm;

import dev.sluice.internal.linux.SharedMapping;
import dev.sluice.internal.strand.Strand;
import dev.sluice.space.SpaceException;
import dev.sluice.time.Clock;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A bounded queue between processes: an item goes to one taker at a time, and back when that one dies.
///
///     0      8       128    136     256        260     384       388     512       520        528     640     648
/// 768
///     | tail | (pad) | head | (pad) | notEmpty | (pad) | notFull | (pad) | returns | finished | (pad) | taken | (pad)
/// | slots …
///
/// at the file's body. The limits in the header are the [QueueOptions].
///
/// What a taker holds is a slot, see [Slots]; it may do so for as long as it likes. `returns` counts what was
/// given back, so that takers know when to look for it; a miscount is made up for when its process is swept.
///
/// A producer that is stopped between claiming and committing is passed after a second; it keeps its slot and
/// puts again.
///
/// Threads: any.
public final class SharedQueue implements SharedObject, WaitThread.Chores {
    /// Not a slot.
    public static final long NONE = Ring.NONE;

    private static final int TAIL = 0;
    private static final int HEAD = 128;
    static final int NOT_EMPTY = 256;
    static final int NOT_FULL = 384;
    private static final int RETURNS = 512;
    static final int FINISHED = 520;
    static final int TAKEN = 640;
    static final int SLOTS = 768;

    // which count of a participant
    private static final int PUT = 0;
    private static final int DONE = 1;
    private static final int RETURNED = 2;
    private static final int DEAD = 3;

    private static final int PARTICIPANTS = 128;
    private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final SharedFile file;
    private final SharedMapping memory;
    private final Slots slots;
    final Ring ring;
    private final Returns returns;
    private final long finished;
    private final QueueOptions options;
    private final Clock clock = Clock.system();
    final WaitPoint notEmpty;
    private final WaitPoint notFull;
    private final WaitPoint allDone;

    private volatile @Nullable Graveyard graveyard; // set once, after it was opened; pairs with its reads

    /// Set before the file is left, by whoever leaves it; pairs with the reads in requireOpen.
    private final AtomicBoolean closed = new AtomicBoolean();

    // The wait thread only.
    private long pendingSeen;
    private long pendingSince;
    private long returnsBuried = -1;

    private static final SharedFile.Layout LAYOUT = (SharedFile.ZeroLayout)
            limits -> SLOTS + QueueOptions.of(limits).shape().bytes(); // slots that are free in lap 0

    private SharedQueue(SharedFile file) {
        this.file = file;
        this.memory = file.memory();
        long body = file.body();
        this.options = QueueOptions.of(file.header().limits());
        this.slots = new Slots(file, body + TAKEN, body + SLOTS, options.shape());
        this.ring = new Ring(file, slots, body + TAIL, body + HEAD, options.levels() == 1);
        this.returns = new Returns(memory, body + RETURNS);
        this.finished = body + FINISHED;
        this.notEmpty = new WaitPoint(file, body + NOT_EMPTY, this::mayTake);
        this.notFull = new WaitPoint(file, body + NOT_FULL, this::mayPut);
        this.allDone = new WaitPoint(file, body + NOT_FULL, this::mayJoin);
    }

    /// Opens a queue, and makes it if it is not there. A few system calls, more to make it.
    ///
    /// @throws SharedFileException if it cannot be had
    public static SharedQueue open(SharedDirectory directory, String name, QueueOptions options) throws IOException {
        var request = new SharedFile.Request(FileHeader.Kind.QUEUE, PARTICIPANTS, options.limits());
        SharedFile file = SharedFile.open(directory, name, request, LAYOUT);
        SharedQueue queue = new SharedQueue(file);
        try {
            file.join(at -> at == file ? queue::releaseBuried : new SharedQueue(at)::releaseBuried);
        } catch (Throwable e) {
            file.abandon();
            throw e;
        }
        WaitThread.add(queue);
        return queue;
    }

    private void releaseBuried() {
        int returned = slots.releaseBuried(options.deliveries() == 0 ? Integer.MAX_VALUE : options.deliveries());
        if (returned > 0) {
            file.participants().count(RETURNED, returned);
        }
        returns.count();
    }

    public QueueOptions options() {
        return options;
    }

    /// Where items go that were delivered too often.
    public interface Graveyard {
        /// Takes such an item.
        ///
        /// @return whether it has; else it is delivered again
        boolean bury(byte[] item, int level);
    }

    /// Says where items go that were delivered too often; without it they are put aside until somebody does.
    public void graveyard(Graveyard where) {
        graveyard = where;
    }

    // ---- putting

    /// What came of an attempt to put.
    public enum Put {
        DONE,
        FULL,
        FINISHED
    }

    /// Puts an item, if there is room at once.
    ///
    /// @param length the first bytes of `item` that are it
    /// @param level how urgent it is, from 0 on
    public Put tryPut(byte[] item, int length, int level) {
        requireOpen();
        try {
            return putMapped(item, length, level);
        } catch (IllegalStateException e) {
            throw unmapped(e);
        }
    }

    private Put putMapped(byte[] item, int length, int level) {
        assert length <= options.itemBytes() && level < options.levels() : length + ", " + level;
        while (true) {
            if (isFinished()) {
                return Put.FINISHED;
            }
            long position = ring.claim();
            if (position == Ring.NONE) {
                return Put.FULL;
            }
            if (isFinished()) { // who finishes it from now on finds our claim
                ring.withdraw(position);
                wakeAtEnd();
                return Put.FINISHED;
            }
            slots.write(ring.slot(position), item, length, level, position);
            if (ring.commit(position)) {
                file.participants().count(PUT, 1);
                notEmpty.ring();
                return Put.DONE;
            }
            requireOpen();
        }
    }

    /// Puts an item, and suspends while there is no room.
    ///
    /// @return false if nothing more is put
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled; the item is not in then
    public boolean put(byte[] item, int length, int level) {
        Strand.current().checkpoint();
        Put result = tryPut(item, length, level);
        while (result == Put.FULL) {
            notFull.await(this);
            result = tryPut(item, length, level);
        }
        notFull.passOn();
        return result == Put.DONE;
    }

    /// Says that nothing more is put.
    ///
    /// @return whether this call did it
    public boolean finish() {
        requireOpen();
        // Pairs with the getLongVolatile in isFinished: who has claimed and not seen it commits, and is waited
        // for.
        boolean first = memory.compareAndSetLong(finished, 0, 1);
        notEmpty.ring();
        notFull.ring();
        return first;
    }

    private boolean isFinished() {
        return memory.getLongVolatile(finished) != 0; // pairs with the compare-and-set in finish
    }

    public boolean isAtEnd() {
        return look(() -> isFinished() && slots.isDone());
    }

    // ---- taking

    /// Takes an item, if there is one at once.
    ///
    /// @return its slot, until [#tryDone] or [#tryGiveBack]; or [#NONE]
    public long tryTake() {
        requireOpen();
        try {
            return takeMapped();
        } catch (IllegalStateException e) {
            throw unmapped(e);
        }
    }

    private long takeMapped() {
        if (returns.mayBe()) {
            long slot = takeReturned();
            if (slot != NONE) {
                return slot;
            }
        }
        return options.levels() == 1 ? ring.take() : ring.takeUrgent(clock.nanoTime());
    }

    /// Takes an item, and suspends while there is none and one may come.
    ///
    /// @return its slot; [#NONE] at the end
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled; it has taken none then
    public long take() {
        Strand.current().checkpoint();
        long slot = tryTake();
        while (slot == NONE && !isAtEnd()) {
            notEmpty.await(this);
            slot = tryTake();
        }
        notEmpty.passOn();
        return slot;
    }

    private long takeReturned() {
        long count = returns.beginLook();
        long now = clock.nanoTime();
        if (options.levels() == 1) {
            long slot = ring.takeReturned(now);
            if (slot != NONE) {
                returns.lookAgain(count); // there may be more
                return slot;
            }
        }
        returns.nextIn(slots.untilReturned(now), now);
        return NONE;
    }

    /// How often it was taken, this time included.
    public int deliveries(long slot) {
        return slots.deliveries(slot);
    }

    /// Copies a taken item, to be decoded.
    ///
    /// @throws IndexOutOfBoundsException if somebody wrote nonsense there
    void read(long slot, Scratch into) {
        try {
            slots.read(slot, into);
        } catch (IllegalStateException e) {
            throw unmapped(e);
        }
    }

    /// A taken item is done with. Once.
    ///
    /// @return false if the queue was closed, and the item went to others
    public boolean tryDone(long slot) {
        if (closed.get()) {
            return false;
        }
        try {
            boolean own = slots.done(slot);
            if (own) {
                file.participants().count(DONE, 1);
                notFull.ring();
                wakeAtEnd();
            }
            return own;
        } catch (IllegalStateException e) {
            if (closed.get()) {
                return false;
            }
            throw e;
        }
    }

    private void wakeAtEnd() {
        if (isFinished()) {
            notEmpty.ring();
        }
    }

    /// Gives a taken item back, for others or oneself. Once. If the queue was closed, that has been done.
    ///
    /// @param delayNanos how long nobody may take it, at least 0
    public void tryGiveBack(long slot, long delayNanos) {
        if (closed.get()) {
            return;
        }
        try {
            giveBack(slot, delayNanos);
        } catch (IllegalStateException e) {
            if (!closed.get()) {
                throw e;
            }
        }
    }

    private void giveBack(long slot, long delayNanos) {
        file.participants().count(RETURNED, 1);
        if (options.deliveries() > 0 && slots.deliveries(slot) >= options.deliveries() && buried(slot)) {
            return;
        }
        slots.giveBack(slot, clock.nanoTime() + delayNanos);
        returns.count();
        notEmpty.ring();
    }

    /// @return false if there is no room for it elsewhere
    private boolean buried(long slot) {
        Graveyard where = graveyard;
        if (where == null || !where.bury(slots.item(slot), slots.level(slot))) {
            return false;
        }
        file.participants().count(DEAD, 1); // before it counts as done
        slots.done(slot);
        notFull.ring();
        wakeAtEnd();
        return true;
    }

    /// What sweeps have put aside goes to the graveyard, or back.
    private void buryPoisoned() {
        for (long slot = ring.takePoisoned(); slot != NONE; slot = ring.takePoisoned()) {
            if (!buried(slot)) {
                slots.giveBack(slot, clock.nanoTime());
                returns.count();
                notEmpty.ring();
            }
        }
    }

    /// Suspends until everything that was put before has been done.
    public void join() {
        Strand.current().checkpoint();
        while (!look(slots::isDone)) {
            allDone.await(this);
        }
        allDone.passOn();
    }

    /// One reading.
    ///
    /// @param takers waits of this process for items
    /// @param putters waits of this process for room
    public record Reading(Slots.Census items, int takers, int putters) {}

    /// Looks, slot by slot, while others go on.
    public Reading read() {
        requireOpen();
        return new Reading(slots.census(clock.nanoTime()), notEmpty.waiting(), notFull.waiting());
    }

    /// What has happened since the queue was made.
    ///
    /// @param returned how often an item was given back, by the living or for the dead
    /// @param dead how many went to the graveyard
    public record Totals(long put, long done, long returned, long dead) {}

    /// What has happened since the queue was made.
    public Totals totals() {
        Participants all = file.participants();
        return new Totals(all.total(PUT), all.total(DONE), all.total(RETURNED), all.total(DEAD));
    }

    // ---- hints and chores

    private boolean mayTake() {
        return closed.get() || ring.mayTake(clock::nanoTime) || returns.mayBe() || isFinished() && slots.isDone();
    }

    private boolean mayPut() {
        return closed.get() || ring.mayClaim() || isFinished();
    }

    private boolean mayJoin() {
        return closed.get() || slots.isDone();
    }

    @Override
    public long doChores() {
        if (file.sweep()) {
            notEmpty.ring();
            notFull.ring();
        }
        long now = clock.nanoTime();
        long pending = ring.pending();
        if (pending == 0 || pending != pendingSeen) {
            pendingSeen = pending;
            pendingSince = now;
        } else if (now - pendingSince >= STALL_NANOS && ring.stall(pending)) {
            notEmpty.ring();
        }
        Graveyard where = graveyard;
        long count = returns.total();
        if (where != null && count != returnsBuried) { // without one they wait for it
            returnsBuried = count;
            buryPoisoned();
        }
        return Math.min(WaitThread.TICK_NANOS, returns.untilNext(now));
    }

    private void requireOpen() {
        if (closed.get()) {
            throw closedException();
        }
    }

    private SpaceException closedException() {
        return new SpaceException(SpaceException.Problem.CLOSED, this + ": the space was closed here");
    }

    private boolean look(BooleanSupplier at) {
        requireOpen();
        try {
            return at.getAsBoolean();
        } catch (IllegalStateException e) {
            throw unmapped(e);
        }
    }

    /// What an operation throws that found the file unmapped.
    private RuntimeException unmapped(IllegalStateException e) {
        return closed.get() ? closedException() : e;
    }

    public boolean isClosed() {
        return closed.get();
    }

    /// Leaves the queue; what this opener has leased goes to others. Who waits gets a [SpaceException]
    /// `CLOSED`.
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) { // pairs with itself: once
            List<WaitPoint> points = List.of(notEmpty, notFull, allDone);
            points.forEach(WaitPoint::wakeAll);
            WaitThread.remove(this, points);
            file.close();
        }
    }

    /// Ends as a killed process does; for tests.
    void abandon() {
        closed.set(true);
        WaitThread.remove(this, List.of(notEmpty, notFull, allDone));
        file.abandon();
    }

    /// Whether somebody of this process waits; for tests.
    boolean isWaitedFor() {
        return notEmpty.waiting() + notFull.waiting() + allDone.waiting() > 0;
    }

    @Override
    public SharedFile file() {
        return file;
    }

    Slots slots() {
        return slots;
    }

    @Override
    public String toString() {
        return "queue " + file.path();
    }
}
