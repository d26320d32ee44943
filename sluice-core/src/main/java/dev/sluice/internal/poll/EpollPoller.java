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

/// A poller on epoll: makes completions out of readiness, by [Attempts]. An attempt is one system call; an event
/// says that trying again is worth it.
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
    private static final int EVENTS = 256;
    private static final int EDGES = Epoll.EPOLLET | Epoll.EPOLLIN | Epoll.EPOLLOUT | Epoll.EPOLLRDHUP;
    private static final int OVER = Epoll.EPOLLHUP | Epoll.EPOLLRDHUP | Epoll.EPOLLERR;
    private static final long WAKE_TAG = -1;
    private static final int PIPE_BUF = 4096; // a pipe that is ready for writing takes this much at once

    private final CallState state = new CallState();
    private final WakeFd wake;
    private final int epoll;
    private final long events; // address of an array of struct epoll_event
    private final boolean waitsInNanos;

    // loop thread only
    private final Attempts attempts;
    private final Counters counters;
    private EpollDescriptor[] descriptors = new EpollDescriptor[0]; // by fd

    EpollPoller(PollerConfig config) throws RefusedException {
        attempts = new Attempts(name(), config);
        counters = attempts.counters;
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
        assert descriptor(operation.fd).prepared != operation.shared
                : "submit " + operation + ": expected a descriptor that is either prepared or shared";
        attempts.submit(operation);
    }

    @Override
    public void cancel(Operation operation) {
        if (attempts.cancel(operation)) {
            EpollDescriptor descriptor = descriptor(operation.fd);
            attempts.recall(operation, operation.kind.reads() ? descriptor.readers : descriptor.writers);
        }
    }

    @Override
    public int inFlight() {
        return attempts.inFlight();
    }

    @Override
    public PollerStatistics statistics() {
        return counters.snapshot();
    }

    @Override
    public int poll(long timeoutNanos) {
        assert timeoutNanos >= 0 : "poll: timeoutNanos=" + timeoutNanos;
        counters.polls++;
        for (Operation operation = attempts.takeFresh(); operation != null; operation = attempts.takeFresh()) {
            start(operation);
        }
        int count = await(attempts.someHaveEnded() ? 0 : timeoutNanos);
        for (int i = 0; i < count; i++) {
            happened(Epoll.data(events, i), Epoll.events(events, i));
        }
        return attempts.complete();
    }

    @Override
    public void close() {
        cancelAll();
        Memory.free(events);
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

    /// Tries one that was submitted since the last poll.
    private void start(Operation operation) {
        EpollDescriptor descriptor = descriptor(operation.fd);
        EpollDescriptor.Waiters waiters = operation.kind.reads() ? descriptor.readers : descriptor.writers;
        boolean mayBeReady = operation.kind.reads() ? descriptor.readable : descriptor.writable;
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
                                && result < Attempts.asked(operation));
                descriptor.setReady(operation.kind.reads(), !drained || descriptor.ended);
            }
            if (again) {
                register(descriptor);
                return;
            }
            waiters.remove(operation);
            attempts.end(operation, result);
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
        long place = attempts.place(operation);
        int most = Attempts.asked(operation);
        return attempts.received(
                operation, place, Socket.receive(state, operation.fd, place, most, Socket.MSG_DONTWAIT));
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
            attempts.endAll(descriptor.readers, result);
            attempts.endAll(descriptor.writers, result);
            return;
        }
        descriptor.registered = true;
    }

    private int control(int what, EpollDescriptor descriptor, int wanted) {
        counters.systemCalls++;
        return Epoll.ctl(state, epoll, what, descriptor.fd, wanted, descriptor.tag());
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

    private void cancelAll() {
        attempts.beginClose();
        for (EpollDescriptor descriptor : descriptors) {
            cancelAll(descriptor.readers);
            cancelAll(descriptor.writers);
        }
        attempts.close();
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
