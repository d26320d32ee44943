package dev.sluice.internal.poll;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Memory;
import dev.sluice.internal.linux.Poll;
import dev.sluice.internal.linux.Socket;
import dev.sluice.internal.linux.Uring;
import dev.sluice.internal.linux.UringLayout;
import dev.sluice.internal.poll.UringSlots.Slot;
import dev.sluice.internal.poll.UringSlots.State;
import dev.sluice.time.Clock;
import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A poller on io_uring: one ring a loop, and one system call a tick that submits, reaps and sleeps.
///
/// Invariants: an operation is in flight exactly while it has a [Slot]; it completes when the kernel's
/// completion for its tag has been seen, a cancelled one too, so its buffer is free by then. What finds no room
/// in the submission ring waits in the backlog, in order.
///
/// *Wake-ups* are a poll on an eventfd that stays armed over many events and is never read: a wake-up costs the
/// waker one write, and the loop neither a system call nor a request. `MSG_RING` would save the descriptor but
/// needs a ring in each waking thread; a pending read of the eventfd would cost a request for each wake-up.
///
/// *Non-blocking descriptors* make io_uring answer `EAGAIN` at once, before Linux 6.10. Such an operation first
/// waits until the descriptor is ready and is then tried again, here, unseen by its owner. Blocking ones, which
/// a loop's own descriptors are, do not need it.
///
/// Threads: see [Poller].
final class IoUringPoller implements Poller {
    /// Sets of flags for the ring, best first.
    enum Setup {
        /// completions are worked on when the loop asks, and only the loop may submit (Linux 6.6)
        DEFERRED_DIRECT(Setup.DEFER | Uring.SETUP_NO_SQARRAY),
        /// likewise, with an index between ring and requests (Linux 6.1)
        DEFERRED(Setup.DEFER),
        /// completions are worked on at the next system call of the loop (Linux 5.19)
        COOPERATIVE(Uring.SETUP_COOP_TASKRUN | Uring.SETUP_TASKRUN_FLAG | Uring.SETUP_SUBMIT_ALL),
        /// completions interrupt the loop (Linux 5.13)
        PLAIN(0);

        private static final int DEFER = Uring.SETUP_R_DISABLED
                | Uring.SETUP_SINGLE_ISSUER
                | Uring.SETUP_DEFER_TASKRUN
                | Uring.SETUP_TASKRUN_FLAG
                | Uring.SETUP_SUBMIT_ALL;

        final int flags;

        Setup(int flags) {
            this.flags = flags | Uring.SETUP_CLAMP | Uring.SETUP_CQSIZE;
        }

        /// Whether the ring is expected to be faster than epoll.
        boolean deferred() {
            return (flags & Uring.SETUP_DEFER_TASKRUN) != 0;
        }
    }

    private static final long WAKE_TAG = -1;
    private static final long CANCEL_TAG = -2;
    private static final long CANCEL_BIT = Long.MIN_VALUE; // in the backlog: not an operation, but the cancel of one
    private static final long CLOSE_STEP_NANOS = 10_000_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long CLOSE_NANOS = 2 * NANOS_PER_SECOND;

    private final CallState state;
    private final UringRing ring;
    private final WakeFd wake;
    private final UringSlots slots;
    private final int maxOperations;

    // loop thread only
    private final Counters counters = new Counters();
    private final LongQueue backlog = new LongQueue();
    private final BitSet prepared = new BitSet();
    private boolean opened;
    private boolean wakeArmed;
    private boolean closing;
    private @Nullable UringBuffers buffers; // null before Linux 5.19
    private long scratch; // for what no buffer was left for; 0 until needed

    private IoUringPoller(CallState state, UringRing ring, WakeFd wake, int maxOperations) {
        this.state = state;
        this.ring = ring;
        this.wake = wake;
        this.maxOperations = maxOperations;
        slots = new UringSlots(maxOperations);
    }

    static IoUringPoller create(Setup setup, PollerConfig config) throws RefusedException {
        CallState state = new CallState();
        return over(new UringRing(state, setup.flags, config), state, config);
    }

    /// A poller on a ring, which it takes over.
    static IoUringPoller over(UringRing ring, CallState state, PollerConfig config) throws RefusedException {
        try {
            return new IoUringPoller(state, ring, new WakeFd(state), config.maxOperations());
        } catch (RefusedException refused) {
            ring.close();
            throw refused;
        }
    }

    @Override
    public String name() {
        return "io_uring";
    }

    @Override
    public boolean performsOperations() {
        return true;
    }

    @Override
    public void open() {
        assert !opened : "opened twice";
        ring.enable();
        buffers = UringBuffers.register(state, ring);
        opened = true;
    }

    @Override
    public void wakeup() {
        wake.signal();
    }

    @Override
    public void prepare(int fd) {
        assert !prepared.get(fd) : "prepare fd=" + fd + ": prepared already, expected a release before the close";
        prepared.set(fd);
    }

    @Override
    public void release(int fd) {
        assert prepared.get(fd) : "release fd=" + fd + ": not prepared";
        assert !anyInFlight(fd) : "release fd=" + fd + ": operations in flight, expected none";
        prepared.clear(fd);
    }

    @Override
    public boolean receivesEach() {
        return buffers != null && ring.deferred();
    }

    @Override
    public long lent(int buffer) {
        return Objects.requireNonNull(buffers).address(buffer);
    }

    @Override
    public void giveBack(int buffer) {
        Objects.requireNonNull(buffers).give(buffer);
    }

    @Override
    public void submit(Operation operation) {
        assert opened : "submit " + operation + ": the poller is not open";
        assert operation.shared || prepared.get(operation.fd) : "submit " + operation + ": descriptor is not prepared";
        Slot slot = slots.take(operation);
        if (slot == null) {
            throw new IllegalStateException("submit " + operation + ": inFlight=" + inFlight()
                    + ", expected less than maxOperations=" + maxOperations);
        }
        counters.submitted++;
        if (closing) {
            slot.state = State.CANCELLED;
            backlog.add(slot.tag());
        } else {
            start(slot);
        }
    }

    @Override
    public void cancel(Operation operation) {
        Slot slot = slots.of(operation);
        if (slot != null) {
            counters.cancels++;
            cancel(slot);
        }
    }

    @Override
    public int inFlight() {
        return counters.inFlight();
    }

    @Override
    public PollerStatistics statistics() {
        return counters.snapshot();
    }

    @Override
    public int poll(long timeoutNanos) {
        assert opened && timeoutNanos >= 0 : "poll: opened=" + opened + " timeoutNanos=" + timeoutNanos;
        long before = counters.completed;
        counters.polls++;
        armWake();
        drainBacklog();
        boolean busy = counters.completed != before || !backlog.isEmpty() || !wakeArmed || ring.completions() > 0;
        long timeout = busy ? 0 : timeoutNanos;
        if (timeout != 0 || ring.pending() > 0 || ring.wantsEnter()) {
            enter(timeout);
        }
        reap();
        return (int) (counters.completed - before);
    }

    @Override
    public void close() {
        if (opened) {
            cancelAll();
        }
        ring.close();
        wake.close(state);
        if (buffers != null) {
            buffers.free();
        }
        if (scratch != 0) {
            Memory.free(scratch);
        }
    }

    private void start(Slot slot) {
        // A send goes through the backlog, which the next poll writes: by then its length is known.
        if (slot.operation().kind != Operation.Kind.SEND && backlog.isEmpty() && hasRoom()) {
            write(slot);
        } else {
            slot.state = State.QUEUED;
            backlog.add(slot.tag());
        }
    }

    private void write(Slot slot) {
        Operation operation = slot.operation();
        slot.state = State.SUBMITTED;
        slot.readyFirst |= buffers == null && operation.receivesAnywhere();
        if (slot.readyFirst || operation.kind.onlyWaits()) {
            UringRequests.poll(ring, operation, slot.tag());
        } else {
            // Mostly a receive is asked for when everything has been received: then the first attempt would be
            // in vain. That flag came with the buffers.
            UringRequests.push(ring, operation, slot.tag(), buffers != null && !operation.moreToReceive);
        }
    }

    private void cancel(Slot slot) {
        if (slot.state == State.QUEUED) {
            slot.state = State.CANCELLED; // its place in the backlog completes it
        } else if (slot.state == State.SUBMITTED) {
            slot.state = State.CANCELLING;
            if (backlog.isEmpty() && hasRoom()) {
                writeCancel(slot.tag());
            } else {
                backlog.add(slot.tag() | CANCEL_BIT);
            }
        }
    }

    private void writeCancel(long tag) {
        ring.push(UringLayout.sqeHead(Uring.OP_ASYNC_CANCEL, -1), 0, tag, 0, CANCEL_TAG);
    }

    /// Makes sure that a wake-up ends a sleep. Not while the ring is full; then the loop does not sleep.
    private void armWake() {
        if (wakeArmed || !hasRoom()) {
            return;
        }
        wakeArmed = true;
        ring.push(
                UringLayout.sqeHead(Uring.OP_POLL_ADD, wake.fd()),
                0,
                0,
                (long) Poll.POLLIN << Integer.SIZE | Uring.POLL_ADD_MULTI,
                WAKE_TAG);
    }

    /// Whether there is room in the submission ring; hands it over early if not. The kernel may refuse that for
    /// want of memory or because too many completions wait; then the next poll tries again.
    private boolean hasRoom() {
        if (ring.hasRoom()) {
            return true;
        }
        counters.systemCalls++;
        return ring.submit() > 0;
    }

    /// Moves to the ring what stood in the backlog when this began; what callbacks add waits for the next poll.
    private void drainBacklog() {
        for (int left = backlog.size(); left > 0 && hasRoom(); left--) {
            long entry = backlog.remove();
            Slot slot = slots.byTag(entry & ~CANCEL_BIT);
            if (slot == null) {
                assert entry < 0 : "backlog: an operation vanished";
            } else if (entry < 0) {
                writeCancel(slot.tag());
            } else if (slot.state == State.CANCELLED) {
                finish(slot, -Errno.ECANCELED);
            } else {
                write(slot);
            }
        }
    }

    private void enter(long timeoutNanos) {
        if (ring.overflown()) {
            counters.overflows++;
        }
        counters.systemCalls++;
        int result = ring.submitAndWait(timeoutNanos);
        switch (-result) {
            // EAGAIN, EBUSY, ENOMEM: taken completions make room for the rest, which the next poll hands over
            case Errno.ETIME, Errno.EINTR, Errno.EAGAIN, Errno.EBUSY, Errno.ENOMEM -> {}
            case Errno.EEXIST, Errno.EINVAL ->
                throw broken(result, "called from another thread, expected the one that opened the poller");
            case Errno.EBADR ->
                throw broken(result, "lost completions=" + ring.lost() + ", expected 0: no memory to keep them");
            default -> {
                if (result < 0) {
                    throw broken(result, "unexpected");
                }
            }
        }
    }

    private static IllegalStateException broken(int result, String what) {
        return new IllegalStateException(Errno.message("io_uring_enter", "of the loop", result) + ": " + what);
    }

    /// Completes what the kernel has finished. What it finishes meanwhile is for the next poll.
    private void reap() {
        for (int left = ring.completions(); left > 0; left--) {
            long cqe = ring.completion();
            long tag = Memory.getLong(cqe + UringLayout.CQE_USER_DATA);
            int result = Memory.getInt(cqe + UringLayout.CQE_RES);
            int flags = Memory.getInt(cqe + UringLayout.CQE_FLAGS);
            ring.advance(); // before the callback, so that one that throws loses nothing
            if (tag >= 0) {
                ended(tag, result, flags);
            } else if (tag == WAKE_TAG) {
                woken(flags);
            }
            // CANCEL_TAG: whatever became of the cancel, the operation itself says how it ended
        }
    }

    private void woken(int flags) {
        counters.wakeups++;
        if ((flags & Uring.CQE_F_MORE) == 0) {
            // The kernel dropped the standing poll (it does when completions overflow). The eventfd was never
            // read, so the new one completes at once: no wake-up falls between the two.
            wakeArmed = false;
        }
    }

    private void ended(long tag, int result, int flags) {
        Slot slot = slots.byTag(tag);
        if (slot == null) {
            counters.stale++;
            assert false : "completion without an operation: tag=" + tag + " result=" + result;
            return;
        }
        Operation operation = slot.operation();
        if (operation.kind == Operation.Kind.RECV_EACH) {
            arrived(slot, result, flags);
            return;
        }
        operation.moreToReceive = (flags & Uring.CQE_F_SOCK_NONEMPTY) != 0;
        boolean wasReadiness = slot.readyFirst && result >= 0;
        boolean again =
                wasReadiness || result == -Errno.EINTR || (result == -Errno.EAGAIN && !operation.kind.onlyWaits());
        if ((flags & Uring.CQE_F_BUFFER) != 0) {
            received(slot, result, flags >>> Uring.CQE_BUFFER_SHIFT);
        } else if (operation.receivesAnywhere() && (wasReadiness || result == -Errno.ENOBUFS)) {
            receiveNow(slot);
        } else if (!again) {
            finish(slot, result);
        } else if (operation.kind == Operation.Kind.CONNECT && result == -Errno.EAGAIN) {
            finish(slot, -Errno.EBUSY); // a poll would say that it is writable, at once and for ever
        } else if (slot.state == State.CANCELLING) {
            finish(slot, -Errno.ECANCELED); // nothing has been moved
        } else {
            slot.readyFirst = result == -Errno.EAGAIN;
            start(slot);
        }
    }

    /// The kernel has received into one of the buffers, which is lent to the operation's owner; or nothing more
    /// comes.
    private void arrived(Slot slot, int result, int flags) {
        Operation operation = slot.operation();
        boolean some = result > 0;
        if (some) {
            operation.lent = flags >>> Uring.CQE_BUFFER_SHIFT;
            operation.arrived(result);
        }
        if ((flags & Uring.CQE_F_MORE) == 0) {
            boolean again = some
                    || (result == -Errno.ENOBUFS
                            && Objects.requireNonNull(buffers).giveMore());
            finish(slot, again ? -Errno.EAGAIN : result);
        }
    }

    /// The kernel has received into one of the buffers.
    private void received(Slot slot, int result, int id) {
        UringBuffers given = Objects.requireNonNull(buffers);
        slot.operation().received = given.address(id);
        try {
            finish(slot, result);
        } finally {
            given.give(id);
        }
    }

    /// Something is there, and the kernel had no buffer for it.
    private void receiveNow(Slot slot) {
        if (buffers != null) {
            buffers.giveMore();
        }
        if (scratch == 0) {
            scratch = Memory.allocate(UringBuffers.BYTES);
        }
        Operation operation = slot.operation();
        int result = -Errno.ECANCELED;
        if (slot.state != State.CANCELLING) {
            int most = Math.min(operation.length, UringBuffers.BYTES);
            do {
                counters.systemCalls++;
                result = Socket.receive(state, operation.fd, scratch, most, Socket.MSG_DONTWAIT);
            } while (result == -Errno.EINTR);
        }
        if (result == -Errno.EAGAIN) {
            slot.readyFirst = true;
            start(slot);
        } else {
            operation.received = scratch;
            operation.moreToReceive = result == operation.length;
            finish(slot, result);
        }
    }

    private void finish(Slot slot, int result) {
        Operation operation = slots.free(slot);
        counters.completed++;
        operation.completed(result);
    }

    private void cancelAll() {
        closing = true;
        for (int i = 0; i < slots.size(); i++) {
            Slot slot = slots.at(i);
            if (slot.state != State.FREE) {
                cancel(slot);
            }
        }
        Clock clock = Clock.system();
        long start = clock.nanoTime();
        while (inFlight() > 0 && clock.nanoTime() - start < CLOSE_NANOS) {
            poll(CLOSE_STEP_NANOS);
        }
        if (inFlight() > 0) {
            // The kernel may still write into their buffers (a read from a dead disk): the ring and the memory
            // stay.
            throw new IllegalStateException("close io_uring: inFlight=" + inFlight() + " after "
                    + CLOSE_NANOS / NANOS_PER_SECOND + " s, expected 0: operations that cannot be cancelled");
        }
    }

    private boolean anyInFlight(int fd) {
        for (int i = 0; i < slots.size(); i++) {
            Slot slot = slots.at(i);
            if (slot.state != State.FREE && slot.operation().fd == fd) {
                return true;
            }
        }
        return false;
    }
}
