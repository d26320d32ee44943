package dev.sluice.internal.poll;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Epoll;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Fcntl;
import dev.sluice.internal.linux.Memory;
import dev.sluice.internal.linux.Poll;
import dev.sluice.internal.linux.Socket;
import dev.sluice.internal.linux.Stat;
import dev.sluice.internal.linux.Unistd;
import java.util.Arrays;
import java.util.Objects;

/// A poller on epoll: makes completions out of readiness.
///
/// A new operation stands among the *fresh* ones until the next poll, which tries its system call at once. If
/// that would block, the operation waits with its descriptor until an event says that trying again is worth it.
///
///     idle ──submit──▶ FRESH ──would block──▶ WAITING ──event: tried──▶ ENDED ──told──▶ idle
///                       │ └──────tried───────────│─────────────────────▲  ▲
///                     cancel                   cancel                     │
///                       └─────▶ CANCELLED ◀──────┘                        │
///                                   └───────────next poll─────────────────┘
///
/// A *prepared* descriptor is non-blocking and is registered once, edge-triggered, at the first operation that
/// would block. So `readable` and `writable` are cleared only when the kernel said "empty" or "full"; then, and
/// only then, comes another edge. A *shared* one keeps its flags, so it may block: `poll(2)` is asked before
/// each attempt, a write is cut to what a ready pipe has room for, and waiting is armed for one event at a
/// time. Another process that takes the data or the room between question and attempt makes the loop wait for
/// the next: the price of not touching what others see.
///
/// Files that epoll does not know (regular ones, directories, `/dev/null`) never say "not ready": their system
/// calls are made at once, and last as long as the disk does.
///
/// Threads: see [Poller].
final class EpollPoller implements Poller {
    private static final int FRESH = 0;
    private static final int WAITING = 1;
    private static final int CANCELLED = 2;
    private static final int ENDED = 3;

    private static final int EVENTS = 256;
    private static final int EDGES = Epoll.EPOLLET | Epoll.EPOLLIN | Epoll.EPOLLOUT | Epoll.EPOLLRDHUP;
    private static final int OVER = Epoll.EPOLLHUP | Epoll.EPOLLRDHUP | Epoll.EPOLLERR;
    private static final long WAKE_TAG = -1;
    private static final int PIPE_BUF = 4096; // a pipe that is ready for writing takes this much at once
    private static final int CLOSE_STEPS = 200;

    private final CallState state = new CallState();
    private final WakeFd wake;
    private final int epoll;
    private final long events; // address of an array of struct epoll_event
    private final boolean waitsInNanos;
    private final int maxOperations;

    // loop thread only
    private final Counters counters = new Counters();
    private EpollDescriptor[] descriptors = new EpollDescriptor[0]; // by fd
    private final EpollDescriptor.Waiters fresh = new EpollDescriptor.Waiters();
    private final EpollDescriptor.Waiters ended = new EpollDescriptor.Waiters();
    private final LongQueue results = new LongQueue(); // of those that have ended, in their order
    private final Rooms rooms = new Rooms(); // for what is received and not told yet
    private boolean closing;

    EpollPoller(PollerConfig config) throws RefusedException {
        maxOperations = config.maxOperations();
        wake = new WakeFd(state);
        epoll = Epoll.create1(state, Epoll.EPOLL_CLOEXEC);
        int result = epoll;
        if (epoll >= 0) {
            result = Epoll.ctl(state, epoll, Epoll.EPOLL_CTL_ADD, wake.fd(), Epoll.EPOLLIN | Epoll.EPOLLET, WAKE_TAG);
        }
        if (result < 0) {
            if (epoll >= 0) {
                closeEpoll();
            }
            wake.close(state);
            throw new RefusedException(Errno.message("epoll_create1", "a poller", result));
        }
        events = Memory.allocate((long) EVENTS * Epoll.EVENT_BYTES);
        waitsInNanos = Epoll.pwait2(state, epoll, events, EVENTS, 0) >= 0;
    }

    @Override
    public String name() {
        return "epoll";
    }

    @Override
    public boolean performsOperations() {
        return true;
    }

    @Override
    public void open() {}

    @Override
    public void wakeup() {
        wake.signal();
    }

    @Override
    public void prepare(int fd) {
        EpollDescriptor descriptor = descriptor(fd);
        assert !descriptor.prepared : "prepare fd=" + fd + ": prepared already, expected a release before the close";
        int flags = Fcntl.getStatusFlags(state, fd);
        int result = flags < 0 ? flags : Fcntl.setStatusFlags(state, fd, flags | Fcntl.O_NONBLOCK);
        if (result < 0) {
            throw new IllegalArgumentException(Errno.message("prepare", "fd=" + fd, result));
        }
        descriptor.renew(true, isStream(fd));
    }

    private boolean isStream(int fd) {
        int type = Stat.type(state, fd);
        return type == Stat.S_IFIFO
                || (type == Stat.S_IFSOCK
                        && Socket.getOption(state, fd, Socket.SOL_SOCKET, Socket.SO_TYPE) == Socket.SOCK_STREAM);
    }

    @Override
    public void release(int fd) {
        EpollDescriptor descriptor = descriptor(fd);
        assert descriptor.prepared : "release fd=" + fd + ": not prepared";
        if (descriptor.registered) {
            // Otherwise the registration would outlive the number while another process holds the same
            // description.
            int result = control(Epoll.EPOLL_CTL_DEL, descriptor, 0);
            assert result == 0 : Errno.message("release", "fd=" + fd, result);
        }
        descriptor.renew(false, false);
    }

    @Override
    public void submit(Operation operation) {
        assert operation.slot == -1 : operation + " is in flight already";
        if (inFlight() >= maxOperations) {
            throw new IllegalStateException("submit " + operation + ": inFlight=" + inFlight()
                    + ", expected less than maxOperations=" + maxOperations);
        }
        assert descriptor(operation.fd).prepared != operation.shared
                : "submit " + operation + ": expected a descriptor that is either prepared or shared";
        counters.submitted++;
        operation.slot = closing ? CANCELLED : FRESH;
        fresh.add(operation);
    }

    @Override
    public void cancel(Operation operation) {
        if (operation.slot != FRESH && operation.slot != WAITING) {
            return;
        }
        counters.cancels++;
        if (operation.slot == WAITING) {
            EpollDescriptor descriptor = descriptor(operation.fd);
            (operation.kind.reads() ? descriptor.readers : descriptor.writers).remove(operation);
            fresh.add(operation);
        }
        operation.slot = CANCELLED;
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
        assert timeoutNanos >= 0 : "poll: timeoutNanos=" + timeoutNanos;
        long before = counters.completed;
        counters.polls++;
        startFresh();
        int count = await(ended.first() == null ? timeoutNanos : 0);
        for (int i = 0; i < count; i++) {
            happened(Epoll.data(events, i), Epoll.events(events, i));
        }
        complete();
        return (int) (counters.completed - before);
    }

    @Override
    public void close() {
        cancelAll();
        Memory.free(events);
        rooms.free();
        closeEpoll();
        wake.close(state);
    }

    private int await(long timeoutNanos) {
        counters.systemCalls++;
        int count = waitsInNanos
                ? Epoll.pwait2(state, epoll, events, EVENTS, timeoutNanos)
                : Epoll.wait(state, epoll, events, EVENTS, timeoutNanos);
        if (count < 0 && count != -Errno.EINTR) {
            throw new IllegalStateException(Errno.message("epoll_wait", "the loop's descriptor", count));
        }
        return count;
    }

    /// Tries what was submitted since the last poll.
    private void startFresh() {
        for (Operation operation = fresh.first(); operation != null; operation = fresh.first()) {
            fresh.remove(operation);
            if (operation.slot == CANCELLED) {
                end(operation, -Errno.ECANCELED);
            } else {
                start(operation);
            }
        }
    }

    private void start(Operation operation) {
        EpollDescriptor descriptor = descriptor(operation.fd);
        EpollDescriptor.Waiters waiters = operation.kind.reads() ? descriptor.readers : descriptor.writers;
        boolean mayBeReady = operation.kind.reads() ? descriptor.readable : descriptor.writable;
        operation.slot = WAITING;
        boolean queued = waiters.first() != null;
        waiters.add(operation);
        if (queued) {
            return; // behind another one, which has been tried
        }
        if (mayBeReady) {
            tryAll(descriptor, waiters);
        } else {
            register(descriptor);
        }
    }

    /// Does what the waiters of one direction want, until one would block.
    private void tryAll(EpollDescriptor descriptor, EpollDescriptor.Waiters waiters) {
        for (Operation operation = waiters.first(); operation != null; operation = waiters.first()) {
            int result = perform(operation);
            boolean again = result == -Errno.EAGAIN;
            if (descriptor.prepared) {
                boolean drained = again
                        || (descriptor.stream
                                && operation.kind.movesBytes()
                                && result >= 0
                                && result < asked(operation));
                descriptor.setReady(operation.kind.reads(), !drained || descriptor.ended);
            }
            if (again) {
                register(descriptor);
                return;
            }
            waiters.remove(operation);
            end(operation, result);
        }
    }

    /// One attempt that cannot block.
    ///
    /// @return the result, or `-EAGAIN`
    private int perform(Operation operation) {
        int events = operation.kind.reads() ? Poll.POLLIN : Poll.POLLOUT;
        boolean onlyWaits = operation.kind.onlyWaits();
        if (operation.shared || onlyWaits) {
            counters.systemCalls++;
            int ready = Poll.poll(state, operation.fd, events);
            if ((ready & Poll.POLLNVAL) != 0 && ready > 0) {
                return -Errno.EBADF;
            }
            if (ready <= 0 || onlyWaits) {
                return ready == 0 || ready == -Errno.EINTR ? -Errno.EAGAIN : ready;
            }
        }
        int result;
        do {
            counters.systemCalls++;
            result = move(operation);
        } while (result == -Errno.EINTR);
        return result;
    }

    private int move(Operation operation) {
        int fd = operation.fd;
        long address = operation.address;
        int length = operation.length;
        long offset = operation.offset;
        return switch (operation.kind) {
            case READ ->
                offset < 0 ? Unistd.read(state, fd, address, length) : Unistd.pread(state, fd, address, length, offset);
            case WRITE -> {
                int most = operation.shared ? writableAtOnce(fd, length) : length;
                yield offset < 0
                        ? Unistd.write(state, fd, address, most)
                        : Unistd.pwrite(state, fd, address, most, offset);
            }
            case RECV -> receive(operation);
            case SEND -> Socket.send(state, fd, address, length, Socket.MSG_DONTWAIT);
            case ACCEPT -> Socket.accept(state, fd);
            case CONNECT -> connect(fd, address, length);
            case READABLE, WRITABLE, RECV_EACH -> throw new AssertionError(operation);
        };
    }

    private int receive(Operation operation) {
        long address = operation.receivesAnywhere() ? rooms.next() : operation.address;
        int result = Socket.receive(state, operation.fd, address, asked(operation), Socket.MSG_DONTWAIT);
        operation.moreToReceive = result == asked(operation);
        if (operation.receivesAnywhere()) {
            operation.received = address;
            if (result <= 0) {
                rooms.giveBack();
            }
        }
        return result;
    }

    private static int asked(Operation operation) {
        return operation.receivesAnywhere() ? Math.min(operation.length, Rooms.BYTES) : operation.length;
    }

    /// Begins to connect, or asks how it went.
    private int connect(int fd, long address, int length) {
        int result = Socket.connect(state, fd, address, length);
        return switch (-result) {
            case Errno.EINPROGRESS, Errno.EALREADY -> -Errno.EAGAIN;
            case Errno.EAGAIN -> -Errno.EBUSY; // nothing tells when a Unix listener has room
            default -> result;
        };
    }

    /// How much of a write to a ready descriptor cannot block, even if the descriptor does.
    private int writableAtOnce(int fd, int length) {
        if (length <= PIPE_BUF
                || Stat.type(state, fd) == Stat.S_IFREG
                || (Fcntl.getStatusFlags(state, fd) & Fcntl.O_NONBLOCK) != 0) {
            return length;
        }
        return PIPE_BUF;
    }

    /// Makes sure that an event comes when the first waiter can be tried again; at once, if it can be by now.
    private void register(EpollDescriptor descriptor) {
        int wanted = EDGES;
        if (!descriptor.prepared) {
            wanted = Epoll.EPOLLONESHOT
                    | (descriptor.readers.first() == null ? 0 : Epoll.EPOLLIN)
                    | (descriptor.writers.first() == null ? 0 : Epoll.EPOLLOUT);
        }
        if (descriptor.prepared && descriptor.registered) {
            return;
        }
        int result = control(descriptor.registered ? Epoll.EPOLL_CTL_MOD : Epoll.EPOLL_CTL_ADD, descriptor, wanted);
        if (result == -Errno.ENOENT) {
            result = control(Epoll.EPOLL_CTL_ADD, descriptor, wanted); // a shared one, closed and opened again
        } else if (result == -Errno.EEXIST) {
            result = control(Epoll.EPOLL_CTL_MOD, descriptor, wanted);
        }
        if (result < 0) {
            fail(descriptor.readers, result);
            fail(descriptor.writers, result);
            return;
        }
        descriptor.registered = true;
    }

    private int control(int what, EpollDescriptor descriptor, int wanted) {
        counters.systemCalls++;
        return Epoll.ctl(state, epoll, what, descriptor.fd, wanted, descriptor.tag());
    }

    private void fail(EpollDescriptor.Waiters waiters, int result) {
        for (Operation operation = waiters.first(); operation != null; operation = waiters.first()) {
            waiters.remove(operation);
            end(operation, result);
        }
    }

    private void happened(long tag, int what) {
        if (tag == WAKE_TAG) {
            counters.wakeups++;
            return;
        }
        EpollDescriptor descriptor = descriptor((int) tag);
        if (descriptor.tag() != tag || !descriptor.registered) {
            counters.stale++;
            return;
        }
        boolean over = (what & OVER) != 0;
        descriptor.ended |= over;
        if (over || (what & Epoll.EPOLLIN) != 0) {
            descriptor.readable = true;
            tryAll(descriptor, descriptor.readers);
        }
        if (over || (what & Epoll.EPOLLOUT) != 0) {
            descriptor.writable = true;
            tryAll(descriptor, descriptor.writers);
        }
        if (!descriptor.prepared && descriptor.hasWaiters()) {
            register(descriptor); // the shot was for one direction, the other still waits
        }
    }

    private void end(Operation operation, int result) {
        operation.slot = ENDED;
        ended.add(operation);
        results.add(result);
    }

    /// Tells what has ended. Only here callbacks run, when all else is in order: what they submit, cancel,
    /// release or throw meets no half-done work. After one that throws, the others are told by the next poll.
    private void complete() {
        for (int left = results.size(); left > 0; left--) {
            Operation operation = Objects.requireNonNull(ended.first(), "more results than operations");
            ended.remove(operation);
            operation.slot = -1;
            counters.completed++;
            operation.completed((int) results.remove());
        }
        rooms.giveAllBack();
    }

    private void cancelAll() {
        closing = true;
        for (Operation operation = fresh.first(); operation != null; operation = operation.next) {
            operation.slot = CANCELLED;
        }
        for (EpollDescriptor descriptor : descriptors) {
            cancelAll(descriptor.readers);
            cancelAll(descriptor.writers);
        }
        for (int step = 0; inFlight() > 0 && step < CLOSE_STEPS; step++) {
            startFresh();
            complete();
        }
        if (inFlight() > 0) {
            throw new IllegalStateException("close epoll: inFlight=" + inFlight() + " after " + CLOSE_STEPS
                    + " attempts, expected 0: completed() submits again and again");
        }
    }

    private void cancelAll(EpollDescriptor.Waiters waiters) {
        for (Operation operation = waiters.first(); operation != null; operation = waiters.first()) {
            cancel(operation);
        }
    }

    private EpollDescriptor descriptor(int fd) {
        if (fd >= descriptors.length) {
            int known = descriptors.length;
            descriptors = Arrays.copyOf(descriptors, Math.max(64, Integer.highestOneBit(fd) * 2));
            for (int i = known; i < descriptors.length; i++) {
                descriptors[i] = new EpollDescriptor(i);
            }
        }
        return descriptors[fd];
    }

    private void closeEpoll() {
        int closed = Unistd.close(state, epoll);
        assert closed == 0 : Errno.message("close", "epoll", closed);
    }
}
