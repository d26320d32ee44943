package dev.sluice.net;

import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.io.Errand;
import dev.sluice.internal.io.SuspendedOperation;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.poll.Operation;
import dev.sluice.internal.poll.Poller;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.Sleep;
import dev.sluice.internal.strand.Strand;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One receive for all reads: it stands from the first read that finds nothing, and what comes waits here.
///
///     IDLE ──a read finds nothing──▶ STANDING ──much is unread──▶ STOPPING
///      ▲                                │ ended by itself           │
///      └────────────────────────────────┴───────────────────────────┘
///      any ──end of the stream, error──▶ OVER
///
/// A reader that does not keep up has the receive stopped, so that the peer meets the system's own flow
/// control; until that works some more may come, 256 KiB at most. When the poller has no buffer to lend, reads
/// are single receives for a while.
///
/// Threads: `read` one strand at a time; the rest the loop thread.
final class StandingReceive extends Operation implements Incoming {
    /// What may be unread before the receive is stopped: 128 KiB in full buffers.
    private static final int MOST_UNREAD = 16;

    private static final int NOT_OVER = Integer.MIN_VALUE;

    /// What [#take] answers when the poller has no buffer to lend.
    private static final int STARVED = -Errno.ENOBUFS;

    private final KernelSocket socket;
    private final Poller poller;
    private final Unread unread;

    // Loop thread only.
    private boolean standing;
    private boolean stopping;
    private boolean starved;
    private int over = NOT_OVER; // 0 at the end of the stream, or a negated errno
    private @Nullable Strand reader; // that waits here
    private long token;
    private @Nullable Completion<Boolean> readerOutside; // that waits elsewhere
    private boolean unwaited; // it stands and no reader waits: as the loop has been told

    // The reader only.
    private int atOnce;
    private @Nullable Receive single;

    StandingReceive(KernelSocket socket) {
        this.socket = socket;
        this.poller = socket.calls.loop().poller();
        this.unread = new Unread(poller);
        kind = Kind.RECV_EACH;
        fd = socket.fd;
    }

    // ---- the reader

    @Override
    public int read(ByteBuffer into) {
        while (true) {
            boolean here = socket.calls.loop().onLoop();
            int result = here ? take(into) : takeFromOutside(into);
            if (result == STARVED) {
                return single().read(into);
            }
            if (result != -Errno.EAGAIN) {
                passSometimes(here);
                return result;
            }
            atOnce = 0;
            if (here) {
                awaitHere();
            } else if (!awaitOutside()) {
                return SuspendedOperation.LOOP_ENDED;
            }
        }
    }

    /// Waits until there is something for a read to find, without memory for it. On the loop thread, and while the
    /// poller has buffers to lend; else it is left to the read to wait.
    ///
    /// @return whether a read will not wait
    boolean awaitSome() {
        while (socket.calls.loop().onLoop()) {
            if (socket.isClosing() || unread.size() > 0 || over != NOT_OVER) {
                return true;
            }
            if (starved || (!standing && begin() != -Errno.EAGAIN)) {
                return false;
            }
            atOnce = 0;
            awaitHere();
        }
        return false;
    }

    private Receive single() {
        Receive known = single;
        if (known == null) {
            known = new Receive(socket);
            single = known;
        }
        return known;
    }

    /// Others get their turn when much is there.
    private void passSometimes(boolean here) {
        if (here && ++atOnce >= Receive.AT_ONCE) {
            atOnce = 0;
            Sleep.pass(Strand.current());
        }
    }

    private void awaitHere() {
        Strand self = Strand.current();
        long wait = self.begin(socket);
        reader = self;
        token = wait;
        tellLoop();
        if (!self.await(wait)) {
            reader = null;
            tellLoop();
            throw self.cancelledException();
        }
    }

    private int takeFromOutside(ByteBuffer into) {
        return Errand.perform(socket.calls, "read of " + socket, () -> take(into));
    }

    private boolean awaitOutside() {
        var something = new Completion<Boolean>();
        boolean runs = socket.calls.execute(() -> {
            readerOutside = something;
            if (isReady()) {
                wake();
            }
            tellLoop();
        });
        if (runs) {
            try {
                something.await(socket);
            } catch (CancelledException left) {
                socket.calls.execute(() -> leave(something));
                throw left;
            }
        }
        return runs;
    }

    // ---- the loop thread

    /// Takes what is there; begins to receive if that is nothing.
    ///
    /// @return as [#read], or `-EAGAIN` if the reader has to wait
    private int take(ByteBuffer into) {
        if (socket.isClosing()) {
            return -Errno.ECANCELED;
        }
        if (unread.size() > 0) {
            return unread.moveTo(into);
        }
        if (over != NOT_OVER) {
            return over;
        }
        if (starved) {
            starved = false;
            return STARVED;
        }
        return standing ? -Errno.EAGAIN : begin();
    }

    private boolean isReady() {
        return socket.isClosing() || unread.size() > 0 || over != NOT_OVER || starved || !standing;
    }

    private int begin() {
        if (!socket.begin()) {
            return -Errno.ECANCELED;
        }
        standing = true;
        try {
            poller.submit(this);
        } catch (IllegalStateException full) {
            standing = false;
            socket.end();
            return STARVED;
        }
        tellLoop();
        return -Errno.EAGAIN;
    }

    @Override
    public void arrived(int bytes) {
        unread.add(lent, bytes);
        if (unread.size() >= MOST_UNREAD && !stopping) {
            stopping = true;
            poller.cancel(this);
        }
        wake();
    }

    @Override
    public void completed(int result) {
        standing = false;
        boolean asked = stopping;
        stopping = false;
        if (result == STARVED) {
            starved = true;
        } else if (result != -Errno.EAGAIN && !(asked && result == -Errno.ECANCELED)) {
            over = result;
        }
        wake(); // who finds nothing begins anew
        socket.end();
    }

    private void wake() {
        Strand here = reader;
        if (here != null) {
            reader = null;
            here.tryResume(token);
        }
        Completion<Boolean> outside = readerOutside;
        if (outside != null) {
            readerOutside = null;
            outside.complete(true);
        }
        tellLoop();
    }

    /// Whether the receive is one that nobody waits for. Called after each change of that.
    private void tellLoop() {
        boolean now = standing && reader == null && readerOutside == null;
        if (now != unwaited) {
            unwaited = now;
            socket.calls.loop().addUnwaited(now ? 1 : -1);
        }
    }

    /// A reader that waited elsewhere has been cancelled.
    private void leave(Completion<Boolean> waiter) {
        if (readerOutside == waiter) {
            readerOutside = null;
            tellLoop();
        }
    }

    @Override
    public void stop() {
        if (standing) {
            poller.cancel(this);
        }
        Receive receive = single;
        if (receive != null) {
            receive.stop();
        }
        wake();
    }

    @Override
    public boolean discard() {
        boolean any = unread.size() > 0;
        unread.discard();
        return any;
    }
}
