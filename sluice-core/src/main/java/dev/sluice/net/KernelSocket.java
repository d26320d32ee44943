package dev.sluice.net;

import dev.sluice.internal.io.LoopCalls;
import dev.sluice.internal.io.SuspendedOperation;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Fcntl;
import dev.sluice.internal.strand.Completion;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A descriptor of a socket on a loop (on a back end that has its own sockets, a number of those), and how many
/// operations are in flight on it.
///
///     OPEN ──startClose──▶ CLOSING ──nothing in flight──▶ CLOSED
///
/// Invariants: the descriptor is closed once, and when nothing is in flight on it, since its number may be
/// somebody else's right after. No operation of a user begins after the close has.
///
/// Threads: the loop thread, unless a method says otherwise.
abstract class KernelSocket {
    /// A result: the socket is closed, or about to be.
    static final int CLOSED = SuspendedOperation.LOOP_ENDED + 1;

    final NetLoop net;
    final LoopCalls calls;
    final int fd;

    private final AtomicBoolean gone = new AtomicBoolean(); // one winner closes the descriptor; pairs with itself

    // Of the list of open ones.
    @Nullable KernelSocket previous;

    @Nullable KernelSocket next;

    private int inFlight;
    private @Nullable Completion<Integer> closing;

    /// Takes a descriptor over. Any thread.
    KernelSocket(NetLoop net, int fd) {
        this.net = net;
        this.calls = net.calls;
        this.fd = fd;
    }

    /// Makes it known to its loop; the last step of the making. Any thread.
    ///
    /// @return false if the loop has ended, and the descriptor with it
    final boolean open() {
        boolean done = calls.execute(this::openHere);
        if (!done) {
            closeDescriptor();
        }
        return done;
    }

    private void openHere() {
        calls.loop().poller().prepare(fd);
        net.add(this);
    }

    /// An operation begins.
    ///
    /// @return false if the socket is closed, or about to be
    final boolean begin() {
        if (closing != null) {
            return false;
        }
        inFlight++;
        return true;
    }

    /// An operation has ended.
    final void end() {
        inFlight--;
        assert inFlight >= 0 : this;
        if (inFlight == 0 && closing != null) {
            finish(closing);
        }
    }

    final boolean isClosing() {
        return closing != null;
    }

    /// Begins to close.
    ///
    /// @param done told what closing the descriptor gave: 0, or a negated `errno`
    final void startClose(Completion<Integer> done) {
        Completion<Integer> first = closing;
        if (first != null) {
            first.whenComplete(() -> done.complete(0)); // somebody else closes it
            return;
        }
        closing = done;
        inFlight++; // so that it is not over before all is told
        cancelAll();
        end();
    }

    /// Cancels what is in flight, or sees to it that it ends.
    abstract void cancelAll();

    /// It is about to be closed.
    void finished() {}

    /// Whether the descriptor is somebody else's by now.
    final boolean isGone() {
        return gone.get(); // pairs with the compare-and-set in closeDescriptor
    }

    private void finish(Completion<Integer> done) {
        finished();
        net.remove(this);
        calls.loop().poller().release(fd);
        done.complete(closeDescriptor());
    }

    private int closeDescriptor() {
        // After a failure, too, the number may be somebody else's: never again. One winner; pairs with itself.
        return gone.compareAndSet(false, true) ? net.sockets().close(fd) : 0;
    }

    /// Another descriptor of the same socket, the caller's. Any coroutine.
    ///
    /// @return it, or the negated `errno`
    final int duplicate() {
        var done = new Completion<Integer>();
        boolean runs = calls.execute(() -> done.complete(isGone() ? -Errno.EBADF : Fcntl.duplicate(calls.state(), fd)));
        return runs ? done.awaitUncancellable("duplicate of " + this) : -Errno.EBADF;
    }

    /// The loop has ended, and with it all that was in flight.
    final void loopEnded() {
        int result = closeDescriptor();
        assert result == 0 : Errno.message("close", toString(), result);
    }
}
