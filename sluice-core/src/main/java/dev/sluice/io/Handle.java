package dev.sluice.io;

import dev.sluice.internal.io.LoopCalls;
import dev.sluice.internal.io.OpenFile;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Fcntl;
import dev.sluice.internal.linux.Stat;
import dev.sluice.internal.linux.Unistd;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.strand.Completion;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// An open descriptor of a loop, and the operations in flight on it.
///
///     OPEN ──close──▶ CLOSING ──last operation ended──▶ CLOSED        at once if there is none
///
/// Invariants: the descriptor is closed once, and when nothing is in flight on it, since its number may be
/// somebody else's right after. No operation begins after the close has.
///
/// Threads: `close` any; the rest the loop thread, or immutable.
final class Handle implements LoopCalls.Kept, OpenFile {
    /// How the system moves bytes on a descriptor.
    enum Way {
        /// It says when it is ready, and does not block: pipes, terminals, sockets. Nothing is given to the
        /// system before.
        POLLED,
        /// It is always ready, and takes as long as a disk does: files, `/dev/null`.
        STORED,
        /// As `POLLED`, but other processes share its flags, so that it may block; the poller copes with that.
        SHARED
    }

    final LoopCalls calls;
    final int fd;
    final String name;
    final Way way;
    /// Whether other processes use the open file description, too. Then it is neither prepared nor closed.
    final boolean foreign;

    private final AtomicBoolean gone = new AtomicBoolean(); // one winner closes the descriptor; pairs with itself

    // Loop thread only.
    private final List<Transfer> inFlight = new ArrayList<>(1);
    private @Nullable Completion<Integer> closing;

    private Handle(LoopCalls calls, int fd, String name, Way way, boolean foreign) {
        this.calls = calls;
        this.fd = fd;
        this.name = name;
        this.way = way;
        this.foreign = foreign;
    }

    /// Takes over a descriptor whose open file description is this process's alone.
    ///
    /// @throws StreamException if it is none on which bytes move; it is still the caller's then
    static Handle own(LoopCalls calls, int fd, String name) throws StreamException {
        CallState state = calls.loop().onLoop() ? calls.state() : new CallState();
        int type = Stat.type(state, fd);
        Way way = wayOf(state, fd, type);
        int result = type < 0 ? type : 0;
        if (result == 0) {
            // All other flags are the description's for life, or not ours to set.
            int flags = Fcntl.getStatusFlags(state, fd) & ~Fcntl.O_NONBLOCK;
            result = Fcntl.setStatusFlags(state, fd, way == Way.POLLED ? flags | Fcntl.O_NONBLOCK : flags);
        }
        if (result < 0) {
            throw StreamException.of("open", name, result);
        }
        return own(calls, fd, name, way);
    }

    /// As above, for a descriptor that is known to be fit.
    static Handle own(LoopCalls calls, int fd, String name, Way way) {
        calls.execute(() -> calls.loop().poller().prepare(fd));
        return new Handle(calls, fd, name, way, false);
    }

    /// Uses a descriptor that other processes use, too.
    static Handle foreign(LoopCalls calls, int fd, String name, Way way) {
        return new Handle(calls, fd, name, way, true);
    }

    /// @param type what [Stat#type] says
    static Way wayOf(CallState state, int fd, int type) {
        boolean polled =
                type == Stat.S_IFIFO || type == Stat.S_IFSOCK || (type == Stat.S_IFCHR && Unistd.isatty(state, fd));
        return polled ? Way.POLLED : Way.STORED;
    }

    @Override
    public EventLoop loop() {
        return calls.loop();
    }

    @Override
    public int descriptor() {
        return closing == null ? fd : -1;
    }

    /// An operation begins.
    ///
    /// @return false if the handle is closed, or about to be
    boolean begin(Transfer transfer) {
        if (closing != null) {
            return false;
        }
        inFlight.add(transfer);
        return true;
    }

    /// An operation has ended.
    void end(Transfer transfer) {
        boolean began = inFlight.remove(transfer);
        if (began && closing != null && inFlight.isEmpty()) {
            finish(closing);
        }
    }

    /// Ends what is in flight, then the descriptor, and waits for that, cancelled or not.
    ///
    /// @return what closing the descriptor gave: 0, or the negated `errno` of a write that failed late
    int close() {
        var done = new Completion<Integer>();
        if (!calls.execute(() -> close(done))) {
            calls.loop().awaitEnd(); // and with it everything in flight
            return closeDescriptor(new CallState());
        }
        return done.awaitUncancellable("close of " + name);
    }

    private void close(Completion<Integer> done) {
        if (closing != null) {
            closing.whenComplete(() -> done.complete(0)); // somebody else closes it and hears of its failure
            return;
        }
        closing = done;
        if (inFlight.isEmpty()) {
            finish(done);
        } else {
            List.copyOf(inFlight).forEach(Transfer::cancel);
        }
    }

    private void finish(Completion<Integer> done) {
        if (!foreign) {
            calls.loop().poller().release(fd);
        }
        done.complete(closeDescriptor(calls.state()));
    }

    private int closeDescriptor(CallState state) {
        // After a failure, too, the number may be somebody else's: never again. One winner; pairs with itself.
        return !foreign && gone.compareAndSet(false, true) ? Unistd.close(state, fd) : 0;
    }

    @Override
    public void loopEnded() {
        int result = closeDescriptor(calls.state());
        assert result == 0 : Errno.message("close", name, result);
    }

    @Override
    public String toString() {
        return name;
    }
}
