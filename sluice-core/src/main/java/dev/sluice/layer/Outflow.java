package dev.sluice.layer;

import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.SpinLock;
import dev.sluice.loop.Loop;
import dev.sluice.net.Connection;
import dev.sluice.net.NetException;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What was written to a layer and has not gone to the connection below, and the coroutine that passes it on:
/// the pump, which exists while there is something to pass. So a cancelled write is never in the middle of what
/// the layer does to the bytes, and what a task writes between two suspensions is passed on together.
///
///     ring:   | free | to be passed | free |
///             taken % size          put % size
///
///     OPEN ──end──▶ ENDING ──all passed──▶ ENDED
///       └───────────────└──failure or cut──▶ BROKEN
///
/// Invariants: `taken <= put <= taken + RING_BYTES`; the bytes between them belong to the pump, the others to
/// the writer; there is one pump at most; `release` of the layer is called once, when there will be no other.
///
/// Threads: `write` one strand at a time; the others any. `LOCK` guards all fields but the ring's bytes.
final class Outflow {
    private static final int RING_BYTES = 1 << 16; // a power of two
    private static final Duration GRACE = Duration.ofSeconds(5); // what the close of a connection takes

    private static final VarHandle LOCK;

    static {
        try {
            LOCK = MethodHandles.lookup().findVarHandle(Outflow.class, "lock", byte.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// What a layer does with what was written.
    interface Passing {
        /// Passes on some of these bytes, at least one, and moves the position behind them. It may suspend.
        void pass(ByteBuffer some) throws IOException;

        /// Passes on the end, behind all bytes. It may suspend.
        void end() throws IOException;

        /// Nothing will be passed any more.
        void release();
    }

    private enum State {
        OPEN,
        ENDING,
        ENDED,
        BROKEN
    }

    private final Connection lower;
    private final Passing passing;
    private final Loop home = Loop.current();

    private byte lock; // through SpinLock only

    // Guarded by lock.
    private byte @Nullable [] ring; // made by the first write
    private long put;
    private long taken;
    private State state = State.OPEN;
    private boolean pumping;
    private @Nullable CancelScope pumpScope; // of the last pump
    private boolean released;
    private @Nullable IOException failure;
    private boolean told; // some caller has got the failure
    private @Nullable Completion<Boolean> room;
    private @Nullable Completion<Boolean> stopped; // completed when there is no pump
    private @Nullable Completion<Boolean> done; // completed when the state is ENDED or BROKEN

    Outflow(Connection lower, Passing passing) {
        this.lower = lower;
        this.passing = passing;
    }

    // ---- the writer

    /// Takes all bytes; waits for room.
    void write(ByteBuffer from) throws IOException {
        while (true) {
            Completion<Boolean> wait = null;
            boolean start;
            lock();
            try {
                requireOpen("write");
                copy(from);
                start = put > taken && startsPump();
                if (from.hasRemaining()) {
                    wait = room == null ? new Completion<>() : room;
                    room = wait;
                }
            } finally {
                unlock();
            }
            if (start) {
                launch();
            }
            if (wait == null) {
                return;
            }
            wait.await(this);
        }
    }

    /// Under lock.
    private void requireOpen(String operation) throws IOException {
        if (state == State.BROKEN) {
            throw again(operation);
        }
        if (state != State.OPEN) {
            throw NetException.of(operation, lower, "the connection is closed");
        }
    }

    /// The failure that a caller gets. Under lock.
    private IOException again(String operation) {
        IOException first = failure;
        assert first != null;
        told = true;
        if (first instanceof NetException known && known.isPeerGone()) {
            return known;
        }
        var told = NetException.of(operation, lower, String.valueOf(first.getMessage()));
        told.initCause(first);
        return told;
    }

    /// Under lock.
    private void copy(ByteBuffer from) {
        int count = (int) Math.min(RING_BYTES - (put - taken), from.remaining());
        if (count > 0) {
            if (ring == null) {
                ring = new byte[RING_BYTES];
            }
            int at = (int) put & (RING_BYTES - 1);
            int first = Math.min(count, RING_BYTES - at);
            from.get(ring, at, first).get(ring, 0, count - first);
            put += count;
        }
    }

    /// Under lock.
    private boolean startsPump() {
        boolean starts = !pumping;
        pumping = true;
        return starts;
    }

    private void launch() throws NetException {
        try {
            home.execute(this::pump);
        } catch (IllegalStateException loopsClosed) {
            var ended = NetException.of("write", lower, "its loop has ended");
            finish(State.BROKEN, ended);
            stop();
            throw ended;
        }
    }

    // ---- the pump

    private void pump() {
        boolean[] rests = new boolean[1];
        CancelScope.run(scope -> {
            if (enterScope(scope)) {
                rests[0] = passAll();
            }
        });
        if (!rests[0]) {
            stop();
        }
    }

    private boolean enterScope(CancelScope scope) {
        lock();
        boolean goesOn = state != State.BROKEN;
        pumpScope = scope;
        unlock();
        return goesOn;
    }

    private void stop() {
        Completion<Boolean> waiting;
        lock();
        pumping = false;
        waiting = stopped;
        unlock();
        releaseIfOver();
        if (waiting != null) {
            waiting.complete(true);
        }
    }

    /// @return true if nothing is left, and another pump may have been started; false if it is over
    private boolean passAll() {
        try {
            while (true) {
                ByteBuffer some = next();
                if (some != null) {
                    passing.pass(some);
                    passed(some);
                } else if (rests()) {
                    return true;
                } else if (isEnding()) {
                    passing.end();
                    finish(State.ENDED, null);
                    return false;
                }
            }
        } catch (IOException broken) {
            finish(State.BROKEN, broken);
        } catch (CancelledException closing) {
            finish(State.BROKEN, NetException.of("write", lower, "its loop has ended"));
        } catch (RuntimeException | Error defect) {
            finish(State.BROKEN, NetException.of("write", lower, "a layer has failed: " + defect));
            throw defect;
        }
        return false;
    }

    /// What is to be passed, as far as it lies in one piece.
    private @Nullable ByteBuffer next() throws IOException {
        lock();
        try {
            if (state == State.BROKEN) {
                throw Objects.requireNonNull(failure);
            }
            int count = (int) (put - taken);
            if (count == 0 || ring == null) {
                return null;
            }
            int at = (int) taken & (RING_BYTES - 1);
            return ByteBuffer.wrap(ring, at, Math.min(count, RING_BYTES - at));
        } finally {
            unlock();
        }
    }

    /// Ends the pump, if there is nothing to do.
    private boolean rests() {
        lock();
        boolean rests = state == State.OPEN && put == taken;
        if (rests) {
            pumping = false;
            pumpScope = null;
        }
        unlock();
        return rests;
    }

    private boolean isEnding() {
        lock();
        boolean ending = state == State.ENDING && put == taken;
        unlock();
        return ending;
    }

    private void passed(ByteBuffer some) {
        Completion<Boolean> waiting;
        lock();
        try {
            long at = taken & (RING_BYTES - 1);
            assert some.position() > at : "nothing of " + some + " was passed";
            taken += some.position() - at;
            waiting = room;
            room = null;
        } finally {
            unlock();
        }
        if (waiting != null) {
            waiting.complete(true);
        }
    }

    private void finish(State last, @Nullable IOException why) {
        Completion<Boolean> writer;
        Completion<Boolean> ender;
        lock();
        try {
            if (state == State.ENDED || state == State.BROKEN) {
                return;
            }
            state = last;
            failure = why;
            writer = room;
            ender = done;
            room = null;
        } finally {
            unlock();
        }
        if (writer != null) {
            writer.complete(true);
        }
        if (ender != null) {
            ender.complete(true);
        }
    }

    private void releaseIfOver() {
        lock();
        boolean last = (state == State.ENDED || state == State.BROKEN) && !pumping && !released;
        released |= last;
        unlock();
        if (last) {
            passing.release();
        }
    }

    // ---- the end

    /// Ends the writing, and waits until the end has been passed. If that wait is cancelled, it happens behind
    /// the scenes.
    void end() throws IOException {
        Completion<Boolean> wait = startEnd();
        if (wait != null) {
            wait.await("the end of " + lower);
        }
        throwFailure("close");
    }

    /// @return what to wait for; null if it has ended
    private @Nullable Completion<Boolean> startEnd() throws NetException {
        Completion<Boolean> wait = null;
        boolean start = false;
        lock();
        try {
            if (state == State.OPEN) {
                state = State.ENDING;
                start = startsPump();
            }
            if (state == State.ENDING) {
                wait = done == null ? new Completion<>() : done;
                done = wait;
            }
        } finally {
            unlock();
        }
        if (start) {
            launch();
        }
        return wait;
    }

    private void throwFailure(String operation) throws IOException {
        IOException told = null;
        lock();
        try {
            if (state == State.BROKEN) {
                told = again(operation);
            }
        } finally {
            unlock();
        }
        if (told != null) {
            throw told;
        }
    }

    /// Ends the writing as a close does: for some seconds, or as long as the deadline around allows, unless the
    /// caller is cancelled.
    ///
    /// @return whether the end has been passed; false if the connection below is to be aborted
    boolean endInGrace() throws IOException {
        Completion<Boolean> wait = startEnd();
        try {
            if (wait != null && !Deadline.after(GRACE).tryRun(() -> wait.await("the end of " + lower))) {
                return false;
            }
        } catch (CancelledException cancelled) {
            return false; // the next suspension tells the caller
        }
        lock();
        boolean whole = state == State.ENDED;
        unlock();
        return whole;
    }

    /// Drops what was not passed. A pump that is below ends when the connection below is aborted.
    void cut() {
        finish(State.BROKEN, NetException.of("write", lower, "the connection was closed meanwhile"));
        CancelScope scope;
        lock();
        scope = pumping ? pumpScope : null;
        unlock();
        if (scope != null) {
            scope.cancel("the connection was closed");
        }
        releaseIfOver();
    }

    /// Waits until there is no pump, after a cut.
    void awaitStopped() {
        Completion<Boolean> wait = null;
        lock();
        if (pumping) {
            wait = stopped == null ? new Completion<>() : stopped;
            stopped = wait;
        }
        unlock();
        if (wait != null) {
            wait.awaitUncancellable("the last write to " + lower);
        }
    }

    /// How many bytes were dropped without anybody being told of a failure.
    long lost() {
        lock();
        long bytes = told ? 0 : put - taken;
        unlock();
        return bytes;
    }

    /// How many bytes have not been passed.
    long pending() {
        lock();
        long bytes = put - taken;
        unlock();
        return bytes;
    }

    private void lock() {
        SpinLock.lock(LOCK, this);
    }

    private void unlock() {
        SpinLock.unlock(LOCK, this);
    }

    @Override
    public String toString() {
        return lower.toString();
    }
}
