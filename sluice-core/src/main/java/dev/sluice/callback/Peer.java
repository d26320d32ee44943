package dev.sluice.callback;

import dev.sluice.internal.strand.Completion;
import dev.sluice.net.Address;
import dev.sluice.net.Connection;
import dev.sluice.sync.Lock;
import dev.sluice.task.Action;
import dev.sluice.task.CancelScope;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The other end of a connection with [Callbacks]: a transport of Python's asyncio.
///
/// Nothing here waits: what is written is kept until it is sent, up to 16 MiB; [Callbacks#pauseWriting] says when
/// to stop long before.
///
/// Invariant: `waiting` are the bytes that [#write] took and the connection has not; the writer is the only one
/// that takes from them, the reader the only one that reads.
///
/// Threads: any. `lock` guards what the reader, the writer and callers share; `turn` is held during a callback.
public final class Peer {
    private static final int MANY = 1 << 16;
    private static final int FEW = 1 << 14;
    private static final int MOST = 1 << 24;
    private static final int PIECE = 1 << 16;

    private final Connection connection;
    private final Callbacks callbacks;
    private final Lock turn;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private ByteBuffer waiting = ByteBuffer.allocate(1 << 10); // being filled, up to its position
    private int sending; // bytes that the writer has taken, and the connection has not
    private boolean paused;
    private boolean readingPaused;
    private boolean inputEnded; // and this side goes on
    private boolean outputEnds;
    private boolean closing;
    private boolean aborted; // closing, and not in an orderly way
    private boolean closed; // in an orderly way
    private @Nullable IOException failure;
    private Completion<Boolean> change = new Completion<>(); // of what the reader and the writer wait for

    Peer(Connection connection, Callbacks callbacks) {
        this.connection = connection;
        this.callbacks = callbacks;
        this.turn = new Lock("callbacks of " + connection);
    }

    // ---- callers

    /// Sends the remaining bytes, soon; they are copied. Nothing happens if the connection has ended, or is being
    /// closed.
    ///
    /// @throws IllegalStateException if this side has ended its output, or 16 MiB wait
    public void write(ByteBuffer bytes) {
        boolean tooMany;
        lock.lock();
        try {
            if (closing) {
                return;
            }
            if (outputEnds) {
                throw new IllegalStateException("write " + connection + ": the output was closed, expected no more");
            }
            long unsent = (long) waiting.position() + sending + bytes.remaining();
            if (unsent > MOST) {
                throw new IllegalStateException(
                        "write " + connection + ": waiting=" + unsent + ", expected at most " + MOST);
            }
            keep(bytes);
            tooMany = !paused && unsent > MANY;
            paused |= tooMany;
            changed();
        } finally {
            lock.unlock();
        }
        if (tooMany) {
            callbacks.pauseWriting(this);
        }
    }

    private void keep(ByteBuffer bytes) {
        if (waiting.remaining() < bytes.remaining()) {
            int size = Math.max(2 * waiting.capacity(), waiting.position() + bytes.remaining());
            waiting = ByteBuffer.allocate(size).put(waiting.flip());
        }
        waiting.put(bytes);
    }

    /// As [#write(ByteBuffer)].
    public void write(byte[] bytes) {
        write(ByteBuffer.wrap(bytes));
    }

    /// Ends the output when all is sent; bytes still come.
    public void closeOutput() {
        set(() -> outputEnds = true);
    }

    /// Ends the connection when all is sent; no more bytes come.
    public void close() {
        set(() -> closing = true);
    }

    /// Ends the connection at once; what waits to be sent is dropped, and the peer sees a reset.
    public void abort() {
        set(() -> {
            closing = true;
            aborted = true;
        });
        connection.abort();
    }

    /// Lets no more bytes come, until [#resumeReading]; the peer is held up.
    public void pauseReading() {
        set(() -> readingPaused = true);
    }

    /// Lets bytes come again.
    public void resumeReading() {
        set(() -> readingPaused = false);
    }

    private void set(Runnable what) {
        lock.lock();
        try {
            what.run();
            changed();
        } finally {
            lock.unlock();
        }
    }

    /// Under the lock.
    private void changed() {
        Completion<Boolean> told = change;
        change = new Completion<>();
        told.complete(true);
    }

    /// The address of this end.
    public Address local() {
        return connection.local();
    }

    /// The address of the other end.
    public Address remote() {
        return connection.remote();
    }

    @Override
    public String toString() {
        return connection.toString();
    }

    // ---- the two coroutines

    void run() throws Exception {
        try {
            TaskGroup.run(group -> {
                group.start("write to " + remote(), () -> endingWith(this::writeAll));
                endingWith(this::readAll);
            });
        } finally {
            if (!isClosed()) {
                connection.abort();
            }
            CancelScope.shield(() -> call(() -> callbacks.lost(this, Optional.ofNullable(failure))));
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /// Runs one of the two; a failure of the connection ends the other, too.
    private void endingWith(Action<Exception> half) throws Exception {
        try {
            half.run();
        } catch (IOException lost) {
            if (fail(lost)) {
                connection.abort();
            } // else the other half closes it, or has
        } catch (Exception | Error thrown) {
            abort();
            throw thrown;
        }
    }

    /// @return false if it ends already
    private boolean fail(IOException lost) {
        lock.lock();
        try {
            if (closing) {
                return false;
            }
            failure = lost;
            closing = true;
            changed();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void readAll() throws Exception {
        ByteBuffer piece = ByteBuffer.allocate(PIECE);
        call(() -> callbacks.connected(this));
        while (mayRead()) {
            if (connection.read(piece.clear()) < 0) {
                boolean[] goesOn = new boolean[1];
                call(() -> goesOn[0] = callbacks.ended(this));
                set(() -> {
                    inputEnded = true;
                    closing |= !goesOn[0];
                });
                return;
            }
            piece.flip();
            call(() -> callbacks.received(this, piece));
        }
    }

    private void call(Action<Exception> callback) throws Exception {
        try (var _ = turn.acquire()) {
            callback.run();
        }
    }

    /// Waits while reading is paused.
    ///
    /// @return false if nobody wants more
    private boolean mayRead() {
        while (true) {
            Completion<Boolean> wait;
            lock.lock();
            try {
                if (closing || !readingPaused) {
                    return !closing;
                }
                wait = change;
            } finally {
                lock.unlock();
            }
            wait.await("reading to be resumed on " + connection);
        }
    }

    private void writeAll() throws Exception {
        boolean told = false;
        while (true) {
            ByteBuffer next = null;
            Completion<Boolean> wait;
            boolean ends;
            boolean over;
            boolean drops;
            lock.lock();
            try {
                wait = change;
                ends = outputEnds && !told;
                drops = aborted;
                over = closing || told && inputEnded;
                if (waiting.position() > 0) {
                    next = waiting.flip();
                    sending = next.remaining();
                    waiting = ByteBuffer.allocate(1 << 10);
                }
            } finally {
                lock.unlock();
            }
            if (next != null) {
                connection.write(next);
                sent();
            } else if (over) {
                if (!drops) {
                    connection.close();
                    set(() -> closed = true);
                }
                return;
            } else if (ends) {
                told = true;
                connection.closeOutput();
            } else {
                wait.await("something to send on " + connection);
            }
        }
    }

    private void sent() throws Exception {
        boolean few;
        lock.lock();
        try {
            sending = 0;
            few = paused && waiting.position() <= FEW;
            paused &= !few;
        } finally {
            lock.unlock();
        }
        if (few) {
            call(() -> callbacks.resumeWriting(this));
        }
    }
}
