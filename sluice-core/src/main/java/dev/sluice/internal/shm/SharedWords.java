package dev.sluice.internal.shm;

import dev.sluice.internal.linux.SharedMapping;
import dev.sluice.internal.strand.Strand;
import dev.sluice.space.SpaceException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/// A small object between processes: a word, and what waits for it to change.
///
///     0      8    16      128       132     192    196     256
///     | word | w2 | (pad) | changed | (pad) | room | (pad) | the object's own …
///
/// mostly at the file's body. Who changes something rings at `changed`, and who makes room for others, in objects
/// where some wait for that, at `room`. Each wait has a point of its own there, so that those who wait for
/// different things do not hold each other up.
///
/// What a participant owns, a word says by its stamp; [#releaseBuried] takes it back from the dead, and from
/// whoever leaves.
///
/// Threads: any.
abstract class SharedWords implements SharedObject, WaitThread.Chores {
    static final int WORD = 0;
    static final int SECOND = 8;
    static final int OWN = 256;

    private static final int CHANGED = 128;
    private static final int ROOM = 192;
    static final int PARTICIPANTS = 128;

    private final String name;
    private final SharedFile file;
    private final long base;
    private final WaitPoint changed;
    private final WaitPoint room;
    private final WaitSpin changedSpin;
    private final WaitSpin roomSpin;
    private final List<WaitPoint> points = new CopyOnWriteArrayList<>(); // of those who wait now

    /// Set before the file is left, by whoever leaves it; pairs with the reads in requireOpen and await.
    private final AtomicBoolean closed = new AtomicBoolean();

    SharedWords(String name, SharedFile file) {
        this(name, file, file.body());
    }

    /// @param base where the object begins in the file
    SharedWords(String name, SharedFile file, long base) {
        this.name = name;
        this.file = file;
        this.base = base;
        this.changedSpin = new WaitSpin(file.calls());
        this.roomSpin = new WaitSpin(file.calls());
        this.changed = new WaitPoint(file, base + CHANGED, () -> true, changedSpin);
        this.room = new WaitPoint(file, base + ROOM, () -> true, roomSpin);
    }

    /// What there is to make or open.
    record Place(SharedDirectory directory, String name) {}

    /// Opens an object, and makes it if it is not there.
    static <S extends SharedWords> S open(
            Place place,
            FileHeader.Kind kind,
            FileHeader.Limits limits,
            SharedFile.Layout layout,
            Function<SharedFile, S> make)
            throws IOException {
        var request = new SharedFile.Request(kind, PARTICIPANTS, limits);
        SharedFile file = SharedFile.open(place.directory, place.name, request, layout);
        S words = make.apply(file);
        try {
            file.join(at -> at == file ? words::releaseBuried : make.apply(at)::releaseBuried);
        } catch (Throwable e) {
            file.abandon();
            throw e;
        }
        WaitThread.add(words);
        return words;
    }

    /// What an object has that is nothing but its first two words.
    static SharedFile.Layout layout(long ownBytes) {
        return (SharedFile.ZeroLayout) _ -> OWN + ownBytes;
    }

    /// The name in its space.
    public final String name() {
        return name;
    }

    final SharedMapping mapping() {
        return file.memory();
    }

    /// Where a part of the object is in the file.
    final long at(long offset) {
        return base + offset;
    }

    final Participants participants() {
        return file.participants();
    }

    // ---- accesses

    /// Accesses the memory.
    ///
    /// @throws SpaceException `CLOSED` if it is gone, or goes meanwhile
    final <T> T mapped(Supplier<T> access) {
        requireOpen();
        try {
            return access.get();
        } catch (IllegalStateException e) {
            throw closed.get() ? closedException() : e;
        }
    }

    final void requireOpen() {
        if (closed.get()) {
            throw closedException();
        }
    }

    private SpaceException closedException() {
        return new SpaceException(SpaceException.Problem.CLOSED, this + ": the space was closed here");
    }

    final boolean isClosed() {
        return closed.get();
    }

    /// The word, as the last change has left it.
    final long word() {
        return mapping().getLongVolatile(at(WORD)); // pairs with replace
    }

    /// Makes the word another one, if nobody else has.
    final boolean replace(long expected, long next) {
        return mapping().compareAndSetLong(at(WORD), expected, next); // pairs with the getLongVolatile in word
    }

    // ---- waiting

    /// Wakes those who wait, after a change.
    final void ring() {
        changed.ring();
    }

    /// Wakes those who wait for room, after there is some.
    final void ringRoom() {
        room.ring();
    }

    /// Suspends until something holds.
    ///
    /// @param holds cheap; accesses the memory
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    /// @throws SpaceException `CLOSED`
    final void await(BooleanSupplier holds) {
        await(CHANGED, holds);
    }

    /// The same for who waits for room.
    final void awaitRoom(BooleanSupplier holds) {
        await(ROOM, holds);
    }

    private void await(long where, BooleanSupplier holds) {
        Strand.current().checkpoint();
        if (mapped(holds::getAsBoolean)) {
            return;
        }
        WaitPoint point = newPoint(where, holds);
        try {
            while (!mapped(holds::getAsBoolean)) {
                point.await(this);
            }
        } finally {
            forget(point);
        }
    }

    /// A place for those who wait again and again for the same: they await it, look, and pass on. It ends with
    /// the object, or is [#forget]ten before.
    final WaitPoint newPoint(BooleanSupplier holds) {
        return newPoint(CHANGED, holds);
    }

    private WaitPoint newPoint(long where, BooleanSupplier holds) {
        var spin = where == CHANGED ? changedSpin : roomSpin;
        var point = new WaitPoint(file, at(where), () -> closed.get() || holds.getAsBoolean(), spin);
        points.add(point);
        return point;
    }

    final void forget(WaitPoint point) {
        points.remove(point);
        WaitThread.forget(point);
    }

    // ---- the end

    /// Takes back what the buried own, by compare-and-set of the words that name them, and rings if there was
    /// something. May be done twice, and by two at once.
    void releaseBuried() {}

    /// Takes back what the dead own, those included whose end nobody has seen yet.
    final void sweep() {
        file.sweep();
    }

    @Override
    public final long doChores() {
        file.sweep();
        return file.isDamaged() ? WaitThread.TICK_NANOS : Math.min(WaitThread.TICK_NANOS, doOwnChores());
    }

    /// What an object does besides, from time to time, as [WaitThread.Chores#doChores].
    long doOwnChores() {
        return WaitThread.TICK_NANOS;
    }

    @Override
    public final SharedFile file() {
        return file;
    }

    /// Leaves the object; what this opening owns is taken back. Who waits gets `CLOSED`.
    @Override
    public final void close() {
        if (closed.compareAndSet(false, true)) { // pairs with itself: once
            points.forEach(WaitPoint::wakeAll);
            WaitThread.remove(this, points);
            closing();
            file.close();
        }
    }

    /// Waits until nobody of this process is in the middle of a change, when no other can begin.
    void closing() {}

    /// Ends as a killed process does; for tests.
    final void abandon() {
        closed.set(true);
        WaitThread.remove(this, points);
        file.abandon();
    }

    @Override
    public final String toString() {
        return file.header().kind().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ') + " " + file.path();
    }
}
