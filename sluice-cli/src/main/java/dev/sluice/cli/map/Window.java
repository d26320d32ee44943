package dev.sluice.cli.map;

import dev.sluice.Sluice;
import dev.sluice.cli.map.Backlog.Piece;
import dev.sluice.task.CancelScope;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The items between their start and the moment their output is written: what keeps outputs apart and in order,
/// and memory bounded.
///
/// Each of the two writers (stdout, stderr) walks through the slots in their order. The slot that a writer is
/// at has its *turn*: its output goes straight to the writer, who slows it down. The output of the others is
/// held in memory, beyond a budget in the spill file, and beyond that file's limit their commands stand still
/// until it is their turn.
///
///     taken ──append*──▶ complete ──both writers have passed──▶ gone
///       └─ committed: at once; or, if it may be retried, with the attempt that counts
///
/// Invariants:
/// - The slot at its turn never waits for a budget, so the whole never stands still but for the reader of our
///   output.
/// - Output of a slot is written only when the slot is committed, and never discarded afterwards.
/// - `held` is the sum of all pieces in memory, `weight` that of all slots.
///
/// Threads: any; everything is guarded by `lock`, which nobody holds across input or output.
final class Window {
    /// How much each kind of output and item may take.
    ///
    /// @param held bytes of output in memory
    /// @param weight bytes of slots and their items
    /// @param jobs slots that may be there whatever they weigh
    record Limits(long held, long weight, int jobs) {}

    /// What the writer lets pile up at its turn: enough to keep both sides busy.
    private static final int LIVE = 4 * SpillFile.BLOCK;

    /// What a slot takes besides its item, roughly.
    private static final int SLOT_WEIGHT = 256;

    private static final int SPARE_BUFFERS = 8;
    private static final int WORTH_SPILLING = 4096;

    private final boolean ordered;
    private final Limits limits;
    private final SpillFile spill;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition(); // for slots and for output
    private final List<Condition> arrivals = List.of(lock.newCondition(), lock.newCondition()); // one a writer

    // Guarded by lock.
    private final List<ArrayDeque<Slot>> queues = List.of(new ArrayDeque<>(), new ArrayDeque<>());
    private final List<byte[]> spare = new ArrayList<>();
    private long held;
    private long weight;
    private int slots;
    private boolean finished;

    Window(boolean ordered, Limits limits, SpillFile spill) {
        this.ordered = ordered;
        this.limits = limits;
        this.spill = spill;
    }

    // ---- workers

    /// Waits until another item may be taken.
    void awaitRoom() {
        lock.lock();
        try {
            while (slots >= limits.jobs() && (weight >= limits.weight() || held >= limits.held() + beyond())) {
                Waiting.on(room);
            }
        } finally {
            lock.unlock();
        }
    }

    /// How far `held` may be beyond its limit by what is always admitted: a block of each running stream, and
    /// what the writer lets pile up. Items start until that is used up, too, or the end of one that has filled
    /// the memory would keep the next from starting, though there is room in the file.
    private long beyond() {
        return Slot.STREAMS * ((long) limits.jobs() * SpillFile.BLOCK + LIVE);
    }

    /// Takes an item in; in the order of these calls the output is written.
    ///
    /// @param commit whether the first attempt is the only one
    Slot take(Item item, boolean commit) {
        Slot slot = new Slot(item, SLOT_WEIGHT + item.bytes().length);
        lock.lock();
        try {
            slots++;
            weight += slot.weight;
            slot.committed = commit;
            if (ordered) {
                enqueue(slot);
            }
            return slot;
        } finally {
            lock.unlock();
        }
    }

    /// A buffer of [SpillFile#BLOCK] bytes.
    byte[] buffer() {
        lock.lock();
        try {
            return spareBuffer();
        } finally {
            lock.unlock();
        }
    }

    /// Ends the use of a buffer, if it is one of [#buffer].
    void giveBack(byte[] buffer) {
        lock.lock();
        try {
            recycle(buffer);
        } finally {
            lock.unlock();
        }
    }

    /// Adds output of a running item. Waits if there is no room for it, or while the writer has enough.
    ///
    /// @return a buffer to read into next: the same, or another if the window keeps it
    /// @throws IOException if the output could not be spilled
    byte[] append(Slot slot, int stream, byte[] buffer, int length) throws IOException {
        assert !slot.complete : "append to " + slot.item.describe() + ": complete already";
        Backlog backlog = slot.stream(stream);
        lock.lock();
        try {
            while (!admits(slot, backlog, length)) {
                makeRoom(slot, backlog);
            }
            byte[] next = store(slot, backlog, buffer, length);
            arrivals.get(stream).signal();
            return next;
        } finally {
            lock.unlock();
        }
    }

    private boolean admits(Slot slot, Backlog backlog, int length) {
        if (slot.committed && backlog.atTurn) {
            return backlog.pending < LIVE;
        }
        // Beyond the budget each stream may have one block in memory: the one that is filling.
        Piece tail = backlog.tail();
        return held + length <= limits.held() || tail == null || tail.length + length <= SpillFile.BLOCK;
    }

    /// Does what can be done for output that is not admitted, or waits for what others do.
    private void makeRoom(Slot slot, Backlog backlog) throws IOException {
        if (slot.committed && backlog.atTurn) {
            Waiting.on(room); // the writer is behind
            return;
        }
        Piece tail = backlog.tail();
        int block = spill.allocate();
        if (block >= 0) {
            assert tail != null : "output is refused though nothing is in memory";
            spill(tail, block);
        } else if (!slot.committed && (atTurn(slot) || !ordered)) {
            // Held output for another attempt to replace has grown beyond all limits: this attempt counts.
            slot.committed = true;
            arrivals.forEach(Condition::signal); // what is there already may be written now
        } else if (!slot.queued) {
            enqueue(slot); // in no order, the first one that stands still has the next turn
        } else {
            Waiting.on(room);
        }
    }

    private byte[] store(Slot slot, Backlog backlog, byte[] buffer, int length) {
        Piece tail = backlog.tail();
        held += length;
        if (length < SpillFile.BLOCK / 2 && tail != null && tail.append(buffer, length)) {
            backlog.grew(length);
            return buffer;
        }
        slot.undelivered++;
        if (length < SpillFile.BLOCK / 2) {
            backlog.add(Arrays.copyOf(buffer, length), length);
            return buffer;
        }
        backlog.add(buffer, length);
        return spareBuffer();
    }

    /// Moves a piece to the spill file. The lock is released meanwhile; nobody touches a piece that is moving.
    private void spill(Piece piece, int block) throws IOException {
        byte[] bytes = piece.bytes();
        piece.moving = true;
        boolean moved = false;
        lock.unlock();
        try {
            CancelScope.shield(() -> Sluice.offload(() -> spill.write(block, bytes, piece.length)));
            moved = true;
        } finally {
            lock.lock();
            piece.moving = false;
            if (moved) {
                piece.movedTo(block);
                held -= piece.length;
                recycle(bytes);
            } else {
                spill.free(block);
            }
            arrivals.forEach(Condition::signal);
            room.signalAll();
        }
    }

    /// Forgets the output of an attempt that another one replaces.
    ///
    /// @return false if some of it counts already: then there is no other attempt
    boolean discard(Slot slot) {
        lock.lock();
        try {
            if (slot.committed) {
                return false;
            }
            for (int stream = 0; stream < Slot.STREAMS; stream++) {
                Backlog backlog = slot.stream(stream);
                for (Piece piece = backlog.poll(); piece != null; piece = backlog.poll()) {
                    release(piece);
                    slot.undelivered--;
                }
                backlog.forget();
            }
            assert slot.undelivered == 0 : "discard: undelivered=" + slot.undelivered;
            room.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// The attempt that begins is the last one: its output may be written as it comes.
    void commit(Slot slot) {
        lock.lock();
        try {
            slot.committed = true;
            arrivals.forEach(Condition::signal);
        } finally {
            lock.unlock();
        }
    }

    /// Bytes of standard output of the current attempt.
    long received(Slot slot) {
        lock.lock();
        try {
            return slot.stream(Slot.STDOUT).received;
        } finally {
            lock.unlock();
        }
    }

    /// The item has its end.
    ///
    /// @param record of the last attempt
    /// @return the record if it can be logged now; otherwise [#delivered] will return it
    @Nullable JobRecord complete(Slot slot, JobRecord record) throws IOException {
        lock.lock();
        try {
            spillTails(slot);
            slot.committed = true;
            slot.complete = true;
            if (!slot.queued) {
                enqueue(slot);
            }
            arrivals.forEach(Condition::signal);
            if (slot.undelivered == 0) {
                return record;
            }
            slot.record = record;
            return null;
        } finally {
            lock.unlock();
        }
    }

    /// What was allowed beyond the budget to a running item is not to a complete one, unless it is little.
    private void spillTails(Slot slot) throws IOException {
        for (int stream = 0; stream < Slot.STREAMS; stream++) {
            Backlog backlog = slot.stream(stream);
            Piece tail = backlog.tail();
            if (held > limits.held() && tail != null && tail.length >= WORTH_SPILLING && !backlog.atTurn) {
                int block = spill.allocate();
                if (block >= 0) {
                    spill(tail, block);
                }
            }
        }
    }

    /// No more items come.
    void finish() {
        lock.lock();
        try {
            finished = true;
            arrivals.forEach(Condition::signal);
        } finally {
            lock.unlock();
        }
    }

    // ---- the two writers

    /// The next slot of a writer, whose turn begins; null when no more come.
    @Nullable Slot next(int stream) {
        lock.lock();
        try {
            ArrayDeque<Slot> queue = queues.get(stream);
            while (queue.isEmpty()) {
                if (finished) {
                    return null;
                }
                Waiting.on(arrivals.get(stream));
            }
            Slot slot = queue.remove();
            slot.stream(stream).atTurn = true;
            room.signalAll();
            return slot;
        } finally {
            lock.unlock();
        }
    }

    /// The next output of the slot whose turn it is; null when it has no more, and the turn is over.
    @Nullable Piece poll(Slot slot, int stream) {
        Backlog backlog = slot.stream(stream);
        lock.lock();
        try {
            while (true) {
                Piece piece = slot.committed ? backlog.poll() : null;
                if (piece != null) {
                    return piece;
                }
                if (slot.complete && backlog.isEmpty()) {
                    pass(slot);
                    return null;
                }
                Waiting.on(arrivals.get(stream));
            }
        } finally {
            lock.unlock();
        }
    }

    /// The bytes of a piece that was polled.
    ///
    /// @param scratch of [SpillFile#BLOCK] bytes, for what has to be read back
    byte[] load(Piece piece, byte[] scratch) throws IOException {
        if (piece.inMemory()) {
            return piece.bytes();
        }
        Sluice.offload(() -> spill.read(piece.block(), scratch, piece.length));
        return scratch;
    }

    /// A piece that was polled has been written.
    ///
    /// @return what is to be logged now that all output of a complete slot is written, or null
    @Nullable JobRecord delivered(Slot slot, int stream, Piece piece) {
        lock.lock();
        try {
            slot.stream(stream).pending -= piece.length;
            release(piece);
            slot.undelivered--;
            room.signalAll();
            if (!slot.complete || slot.undelivered > 0) {
                return null;
            }
            JobRecord record = slot.record;
            slot.record = null;
            return record;
        } finally {
            lock.unlock();
        }
    }

    // ---- under the lock

    private void enqueue(Slot slot) {
        assert lock.isHeldByCurrentThread() && !slot.queued;
        slot.queued = true;
        queues.forEach(queue -> queue.add(slot));
        arrivals.forEach(Condition::signal);
    }

    private static boolean atTurn(Slot slot) {
        return slot.stream(Slot.STDOUT).atTurn || slot.stream(Slot.STDERR).atTurn;
    }

    private void pass(Slot slot) {
        slot.writersLeft--;
        if (slot.writersLeft == 0) {
            assert slot.undelivered == 0 && slot.record == null : "gone with output: " + slot.item.describe();
            slots--;
            weight -= slot.weight;
            room.signalAll();
        }
    }

    private void release(Piece piece) {
        if (piece.inMemory()) {
            held -= piece.length;
            recycle(piece.bytes());
        } else {
            spill.free(piece.block());
        }
    }

    private byte[] spareBuffer() {
        return spare.isEmpty() ? new byte[SpillFile.BLOCK] : spare.removeLast();
    }

    private void recycle(byte[] bytes) {
        if (bytes.length == SpillFile.BLOCK && spare.size() < SPARE_BUFFERS) {
            spare.add(bytes);
        }
    }
}
