package dev.sluice.session;

import dev.sluice.internal.strand.Completion;
import dev.sluice.net.Connection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The frames to be sent, of all streams, in their order, and the coroutine that sends them: what is put
/// between two of its turns goes out as one piece.
///
///     put ──▶ filling ──swap──▶ sending ──write──▶ the connection below
///
/// Invariants: data is put only as long as `filling` is below [#ROOM]; what answers the peer may be put beyond
/// that, and the one who reads the peer waits when that is much.
///
/// Threads: `lock`, the session's, guards all but `sending`, which is the sender's. Methods say if they take
/// it.
final class MuxOutput {
    /// How many bytes of frames wait to be sent, of those that can wait.
    static final int ROOM = 1 << 16;

    private static final int MUCH = 4 * ROOM;
    private static final int FIRST_BYTES = 1 << 10;

    private final Connection lower;
    private final ReentrantLock lock;

    private ByteBuffer sending = ByteBuffer.allocate(FIRST_BYTES).flip();

    // Guarded by lock.
    private ByteBuffer filling = ByteBuffer.allocate(FIRST_BYTES);
    private int lastData = -1; // where the last frame begins, if it is data and may get longer
    private boolean ends; // no more after what is there
    private @Nullable Completion<Boolean> work; // what the sender waits for
    private @Nullable Completion<Boolean> progress; // what those wait for who have no room

    MuxOutput(Connection lower, ReentrantLock lock) {
        this.lower = lower;
        this.lock = lock;
    }

    // ---- under the lock

    /// Appends a frame without data.
    void put(int type, int flags, int stream, int length) {
        assert lock.isHeldByCurrentThread();
        ensure(Frame.HEADER_BYTES);
        lastData = -1;
        Frame.put(filling, type, flags, stream, length);
        wake();
    }

    /// Appends data, to the last frame if that is the same stream's.
    ///
    /// @param most how many bytes
    /// @return how many there was room for
    int putData(ByteBuffer from, int most, int flags, int stream) {
        assert lock.isHeldByCurrentThread();
        boolean longer = lastData >= 0 && flags == 0 && filling.getInt(lastData + Integer.BYTES) == stream;
        int header = longer ? 0 : Frame.HEADER_BYTES;
        int count = Math.min(Math.min(most, from.remaining()), ROOM - filling.position() - header);
        if (count <= 0) {
            return 0;
        }
        ensure(header + count);
        if (longer) {
            Frame.lengthen(filling, lastData, count);
        } else {
            lastData = filling.position();
            Frame.put(filling, Frame.DATA, flags, stream, count);
        }
        filling.put(filling.position(), from, from.position(), count).position(filling.position() + count);
        from.position(from.position() + count);
        wake();
        return count;
    }

    /// What to wait for when there was no room.
    Completion<Boolean> progress() {
        assert lock.isHeldByCurrentThread();
        Completion<Boolean> known = progress;
        if (known == null) {
            known = new Completion<>();
            progress = known;
        }
        return known;
    }

    /// What the one who reads the peer waits for before it answers more; null if it need not.
    @Nullable Completion<Boolean> muchWaits() {
        return filling.position() > MUCH && !ends ? progress() : null;
    }

    /// Ends the sender behind what is there.
    void end() {
        ends = true;
        wake();
    }

    private void ensure(int bytes) {
        if (filling.remaining() < bytes) {
            int size = Math.max(filling.position() + bytes, 2 * filling.capacity());
            filling = ByteBuffer.allocate(size).put(filling.flip());
        }
    }

    private void wake() {
        Completion<Boolean> waiting = work;
        if (waiting != null) {
            work = null;
            waiting.complete(true);
        }
    }

    /// Wakes those who wait for room, there is some or never will be.
    void tellProgress() {
        Completion<Boolean> waiting = progress;
        if (waiting != null) {
            progress = null;
            waiting.complete(true);
        }
    }

    // ---- the sender

    /// Sends until [#end].
    void run() throws IOException {
        while (true) {
            Completion<Boolean> wait = next();
            if (wait != null) {
                wait.await("frames to send on " + lower);
            } else if (sending.hasRemaining()) {
                lower.write(sending);
            } else {
                return;
            }
        }
    }

    /// Takes what was filled.
    ///
    /// @return null, or what to wait for: there is nothing
    private @Nullable Completion<Boolean> next() {
        lock.lock();
        try {
            if (filling.position() == 0 && !ends) {
                var wait = new Completion<Boolean>();
                work = wait;
                return wait;
            }
            ByteBuffer full = filling.flip();
            // A large one is for a burst: an idle session has none.
            filling = sending.capacity() > 2 * ROOM ? ByteBuffer.allocate(FIRST_BYTES) : sending.clear();
            sending = full;
            lastData = -1;
            tellProgress();
            return null;
        } finally {
            lock.unlock();
        }
    }
}
