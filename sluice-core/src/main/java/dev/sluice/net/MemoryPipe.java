package dev.sluice.net;

import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.strand.SpinLock;
import dev.sluice.internal.strand.Strand;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One direction of a connection inside of the program: a ring of bytes with one writer and one reader.
///
///     OPEN ──end──▶ ENDED         the reader gets what is there, then the end
///       └──cut────▶ CUT           both sides get an error, at once
///
/// Invariants: `taken <= written <= taken + CAPACITY`; the bytes between them belong to the reader, the others
/// to the writer. Who waits is published under the lock, after a look at the state that would make the wait
/// needless; who changes that state looks for a waiter under the lock, afterwards. So no wake-up is lost.
///
/// Threads: `read` one strand at a time, `write` likewise; `end` and `cut` any.
final class MemoryPipe {
    private static final int CAPACITY = 1 << 16; // a power of two
    private static final int OPEN = 0;
    private static final int ENDED = 1;

    private static final VarHandle LOCK;
    private static final VarHandle WRITTEN;
    private static final VarHandle TAKEN;

    static {
        try {
            var lookup = MethodHandles.lookup();
            LOCK = lookup.findVarHandle(MemoryPipe.class, "lock", byte.class);
            WRITTEN = lookup.findVarHandle(MemoryPipe.class, "written", long.class);
            TAKEN = lookup.findVarHandle(MemoryPipe.class, "taken", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private byte @Nullable [] ring; // made by the writer before it raises `written` for the first time
    private long written; // by the writer; others through WRITTEN
    private long taken; // by the reader; others through TAKEN
    private byte lock; // through SpinLock only

    // Written under lock; `state` is also read without, where a late answer does no harm.
    private volatile int state = OPEN; // or ENDED, or a negated errno; pairs with the reads in read and write

    // Guarded by lock.
    private @Nullable Strand reader;
    private long readerToken;
    private @Nullable Strand writer;
    private long writerToken;

    /// Waits for bytes and moves them.
    ///
    /// @return how many; 0 at the end; or the negated `errno`
    int read(Strand self, ByteBuffer into, Object blocker) {
        while (true) {
            int now = state;
            if (now < 0) {
                return now;
            }
            int count = take(into);
            if (count > 0) {
                resumeWriter();
                return count;
            }
            if (now == ENDED) {
                return 0;
            }
            long token = self.begin(blocker);
            if (!publishReader(self, token)) {
                self.abandon(token);
            } else if (!self.await(token)) {
                SpinLock.lock(LOCK, this);
                reader = null;
                SpinLock.unlock(LOCK, this);
                throw self.cancelledException();
            }
        }
    }

    private boolean publishReader(Strand self, long token) {
        SpinLock.lock(LOCK, this);
        boolean waits = state == OPEN && (long) WRITTEN.getAcquire(this) == taken; // pairs with the release in put
        if (waits) {
            reader = self;
            readerToken = token;
        }
        SpinLock.unlock(LOCK, this);
        return waits;
    }

    /// Waits for room and moves all bytes. Once they are moved it has succeeded: a reader that has them may end
    /// everything before this returns.
    ///
    /// @return 0, or the negated `errno`
    int write(Strand self, ByteBuffer from, Object blocker) {
        int before = state;
        if (before < 0) {
            return before; // with nothing to move, too
        }
        while (from.hasRemaining()) {
            int now = state;
            if (now != OPEN) {
                return now < 0 ? now : -Errno.EPIPE;
            }
            if (put(from) > 0) {
                resumeReader();
                continue;
            }
            long token = self.begin(blocker);
            if (!publishWriter(self, token)) {
                self.abandon(token);
            } else if (!self.await(token)) {
                SpinLock.lock(LOCK, this);
                writer = null;
                SpinLock.unlock(LOCK, this);
                throw self.cancelledException();
            }
        }
        return 0;
    }

    private boolean publishWriter(Strand self, long token) {
        SpinLock.lock(LOCK, this);
        // Acquire: pairs with the release in take.
        boolean waits = state == OPEN && written - (long) TAKEN.getAcquire(this) == CAPACITY;
        if (waits) {
            writer = self;
            writerToken = token;
        }
        SpinLock.unlock(LOCK, this);
        return waits;
    }

    private int take(ByteBuffer into) {
        long from = taken;
        // Acquires the bytes; pairs with the release in put.
        int count = (int) Math.min((long) WRITTEN.getAcquire(this) - from, into.remaining());
        if (count > 0) {
            byte[] bytes = ring();
            int at = (int) from & (CAPACITY - 1);
            int first = Math.min(count, CAPACITY - at);
            into.put(bytes, at, first).put(bytes, 0, count - first);
            TAKEN.setRelease(this, from + count); // the writer may overwrite them; pairs with the acquires of it
        }
        return count;
    }

    private int put(ByteBuffer from) {
        long to = written;
        // Acquires the room; pairs with the release in take.
        int count = (int) Math.min(CAPACITY - (to - (long) TAKEN.getAcquire(this)), from.remaining());
        if (count > 0) {
            byte[] bytes = ring();
            int at = (int) to & (CAPACITY - 1);
            int first = Math.min(count, CAPACITY - at);
            from.get(bytes, at, first).get(bytes, 0, count - first);
            WRITTEN.setRelease(this, to + count); // pairs with the acquires of the reader
        }
        return count;
    }

    private byte[] ring() {
        byte[] known = ring;
        if (known == null) {
            known = new byte[CAPACITY];
            ring = known;
        }
        return known;
    }

    /// The writer has ended.
    void end() {
        change(OPEN, ENDED);
    }

    /// Nothing passes any more, and what is there is dropped.
    ///
    /// @param error the negated `errno` that both sides get
    void cut(int error) {
        if (!change(OPEN, error)) {
            change(ENDED, error);
        }
    }

    private boolean change(int from, int to) {
        SpinLock.lock(LOCK, this);
        boolean changed = state == from;
        if (changed) {
            state = to;
        }
        SpinLock.unlock(LOCK, this);
        resumeReader();
        resumeWriter();
        return changed;
    }

    private void resumeReader() {
        SpinLock.lock(LOCK, this);
        Strand waiting = reader;
        long token = readerToken;
        reader = null;
        SpinLock.unlock(LOCK, this);
        if (waiting != null) {
            waiting.tryResume(token);
        }
    }

    private void resumeWriter() {
        SpinLock.lock(LOCK, this);
        Strand waiting = writer;
        long token = writerToken;
        writer = null;
        SpinLock.unlock(LOCK, this);
        if (waiting != null) {
            waiting.tryResume(token);
        }
    }

    /// How many bytes were written; for people.
    long written() {
        return (long) WRITTEN.getOpaque(this); // a number to look at; pairs with nothing
    }

    /// How many bytes were read; for people.
    long taken() {
        return (long) TAKEN.getOpaque(this); // a number to look at; pairs with nothing
    }
}
