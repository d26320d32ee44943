package dev.sluice.internal.shm;

import dev.sluice.internal.linux.SharedMapping;
import dev.sluice.internal.strand.Strand;
import java.util.concurrent.locks.ReentrantLock;

/// One direction of a pipe: a ring of bytes from one process to another.
///
///     0      8       128    136     256        260     384       388     512        520     640
///     | tail | (pad) | head | (pad) | notEmpty | (pad) | notFull | (pad) | finished | (pad) | messages …
///
/// A message is its length in four bytes and the bytes, from a multiple of eight on, around the end of the ring
/// if need be. `tail` counts the bytes that were sent, `head` those that were received, since the pipe was
/// made: each is written by one process.
///
/// Invariants: `head <= tail <= head + room`; between them there are whole messages. So a sender that is killed
/// before it has moved `tail` has not sent, and there is nothing to repair.
///
/// Threads: any. `sending` and `receiving` let one strand of this process at a time.
final class PipeRing {
    /// The bytes of a direction before its messages.
    static final int HEADER_BYTES = 640;

    private static final int TAIL = 0;
    private static final int HEAD = 128;
    private static final int NOT_EMPTY = 256;
    private static final int NOT_FULL = 384;
    private static final int FINISHED = 512;

    private static final int ALIGNMENT = 8;
    private static final int LENGTH_BYTES = 4;

    private final SharedMapping memory;
    private final long base;
    private final long first;
    private final long room;
    private final SharedPipe pipe;
    private final ReentrantLock sending = new ReentrantLock(); // of strands, never of a bare loop thread
    private final ReentrantLock receiving = new ReentrantLock(); // likewise
    private final WaitPoint notEmpty;
    private final WaitPoint notFull;

    private long headSeen; // guarded by sending: what the receiver has freed at least
    private long tailSeen; // guarded by receiving: what the sender has sent at least

    private volatile int wanted; // bytes that a sender waits for; pairs with itself: set before the wait

    /// @param base where it is
    /// @param room bytes of messages, a multiple of 8
    PipeRing(SharedPipe pipe, SharedFile file, long base, long room) {
        this.pipe = pipe;
        this.memory = file.memory();
        this.base = base;
        this.first = base + HEADER_BYTES;
        this.room = room;
        this.notEmpty = new WaitPoint(file, base + NOT_EMPTY, this::mayReceive);
        this.notFull = new WaitPoint(file, base + NOT_FULL, this::maySend);
    }

    WaitPoint notEmpty() {
        return notEmpty;
    }

    WaitPoint notFull() {
        return notFull;
    }

    private static int recordBytes(int length) {
        return (LENGTH_BYTES + length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    // ---- sending

    /// Sends a message, if there is room and anybody can receive it.
    ///
    /// @param length the first bytes of `message` that are it
    boolean trySend(byte[] message, int length) {
        sending.lock();
        try {
            return write(message, length);
        } finally {
            sending.unlock();
        }
    }

    /// Sends a message, and suspends while there is no room.
    ///
    /// @param length the first bytes of `message` that are it
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled; it is not sent then
    /// @throws dev.sluice.space.SpaceException if nobody will receive it
    void send(byte[] message, int length) {
        Strand.current().checkpoint();
        pipe.requireSendable();
        while (!trySend(message, length)) {
            wanted = recordBytes(length);
            notFull.await(pipe);
            pipe.requireSendable();
        }
        notFull.passOn();
    }

    private boolean write(byte[] message, int length) {
        int bytes = recordBytes(length);
        long tail = memory.getLong(base + TAIL); // plain: we alone write it
        if (tail + bytes - headSeen > room) {
            // Only now: while the receiver does not share it, it frees at no cost. Acquires the room: pairs with the
            // release in read.
            headSeen = memory.getLongAcquire(base + HEAD);
            if (tail + bytes - headSeen > room) {
                return false;
            }
        }
        long index = tail % room;
        memory.putInt(first + index, length);
        Steps.at("pipe.write");
        copyIn(message, length, behindLength(index));
        Steps.at("pipe.publish");
        // Volatile: releases the message, pairs with the acquire in read; and ring looks for waiters behind it.
        memory.putLongVolatile(base + TAIL, tail + bytes);
        Steps.at("pipe.published");
        notEmpty.ring();
        return true;
    }

    /// Where the bytes of a message begin whose length is at this index.
    private long behindLength(long index) {
        return index + LENGTH_BYTES == room ? 0 : index + LENGTH_BYTES;
    }

    private void copyIn(byte[] message, int length, long at) {
        int until = (int) Math.min(length, room - at);
        memory.write(message, 0, first + at, until);
        if (until < length) {
            memory.write(message, until, first, length - until);
        }
    }

    /// Nothing more is sent.
    ///
    /// @return whether this call said so first
    boolean finish() {
        boolean now = memory.compareAndSetLong(base + FINISHED, 0, 1); // pairs with the getLongVolatile in isFinished
        notEmpty.ring();
        notFull.ring();
        return now;
    }

    boolean isFinished() {
        return memory.getLongVolatile(base + FINISHED) != 0; // pairs with the compare-and-set in finish
    }

    private boolean maySend() {
        long used = memory.getLong(base + TAIL) - memory.getLongAcquire(base + HEAD); // pairs with the release in read
        return room - used >= wanted || !pipe.isSendable();
    }

    // ---- receiving

    /// Takes the next message, if there is one.
    ///
    /// @param into where it is afterwards, to be decoded
    /// @throws IndexOutOfBoundsException if somebody wrote nonsense
    boolean tryReceive(Scratch into) {
        receiving.lock();
        try {
            return read(into);
        } finally {
            receiving.unlock();
        }
    }

    /// Takes the next message, and suspends while there is none.
    ///
    /// @param into where it is afterwards, to be decoded
    /// @return false when none will come
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled; it has taken none then
    boolean receive(Scratch into) {
        Strand.current().checkpoint();
        boolean ended = pipe.isSenderEnded(this); // before the look: what was sent before the end is there
        boolean received = tryReceive(into);
        while (!received && !ended) {
            notEmpty.await(pipe);
            ended = pipe.isSenderEnded(this);
            received = tryReceive(into);
        }
        notEmpty.passOn();
        return received;
    }

    private boolean read(Scratch into) {
        long head = memory.getLong(base + HEAD); // plain: we alone write it
        if (tailSeen == head) {
            // Acquires the messages; pairs with the volatile write in write.
            tailSeen = memory.getLongAcquire(base + TAIL);
        }
        long tail = tailSeen;
        if (tail == head) {
            return false;
        }
        long index = head % room;
        int length = memory.getInt(first + index);
        if (length < 0 || recordBytes(length) > tail - head || tail - head > room) {
            throw new IndexOutOfBoundsException(
                    "message: bytes=" + length + ", expected at most " + (tail - head - LENGTH_BYTES));
        }
        byte[] message = into.room(length);
        long at = behindLength(index);
        int until = (int) Math.min(length, room - at);
        memory.read(first + at, message, 0, until);
        if (until < length) {
            memory.read(first, message, until, length - until);
        }
        Steps.at("pipe.free");
        // Volatile: releases the room, pairs with the acquire in write; and ring looks for waiters behind it.
        memory.putLongVolatile(base + HEAD, head + recordBytes(length));
        Steps.at("pipe.freed");
        notFull.ring();
        return true;
    }

    private boolean mayReceive() {
        // Pairs with the volatile write in write.
        return memory.getLongAcquire(base + TAIL) != memory.getLong(base + HEAD) || pipe.isSenderEnded(this);
    }
}
