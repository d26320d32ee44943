package dev.sluice.internal.poll;

import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.LinuxSupport;
import dev.sluice.internal.linux.Poll;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import org.jspecify.annotations.Nullable;

/// The floor under the pollers, for systems without io_uring and epoll: a `java.nio` selector, and the JDK's
/// sockets under numbers of [NioSockets]. It performs no operations on other descriptors.
///
/// As on epoll, operations are [Attempts], which wait with their socket if they would block. The selector is
/// asked for what somebody waits for, and for nothing else, so it tells again what is still so.
///
/// It does not sleep by `park` and `unpark`: a permit that a coroutine's unpark or an interrupt leaves on the
/// loop thread would be taken for a wake-up, and a wake-up for theirs. The selector's wake-up is its own; as
/// any look at the selector takes it, a flag keeps it until the next sleep.
///
/// Threads: see [Poller].
final class NioPoller implements Poller {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Selector selector;
    private final NioSockets sockets;

    private volatile boolean woken; // set by any waker, cleared by a sleep that is over; pairs with itself

    // Loop thread only.
    private final Attempts attempts;
    private final Counters counters;

    NioPoller(PollerConfig config) throws RefusedException {
        attempts = new Attempts(name(), config);
        counters = attempts.counters;
        try {
            selector = Selector.open();
        } catch (IOException failed) {
            throw new RefusedException("open selector: " + failed);
        }
        sockets = new NioSockets(selector, this::wakeup);
    }

    @Override
    public String name() {
        return "nio";
    }

    @Override
    public boolean performsOperations() {
        return false;
    }

    @Override
    public @Nullable SocketCalls sockets() {
        return LinuxSupport.memoryRefused() == null ? sockets : null;
    }

    @Override
    public void open() {}

    @Override
    public int poll(long timeoutNanos) {
        assert timeoutNanos >= 0 : "poll: timeoutNanos=" + timeoutNanos;
        counters.polls++;
        try {
            sockets.forgetClosed();
            startFresh();
            select(attempts.someHaveEnded() || woken ? 0 : timeoutNanos);
        } catch (IOException failed) {
            throw new UncheckedIOException("poll nio: " + failed.getMessage(), failed);
        }
        if (timeoutNanos != 0) {
            woken = false;
        }
        for (SelectionKey key : selector.selectedKeys()) {
            selected(key);
        }
        selector.selectedKeys().clear();
        return attempts.complete();
    }

    private void select(long timeoutNanos) throws IOException {
        // A mounted coroutine writes its interrupt status to the loop thread; a selector would not sleep with
        // it.
        Thread.interrupted();
        if (timeoutNanos == 0) {
            if (woken || !selector.keys().isEmpty()) {
                counters.systemCalls++;
                selector.selectNow();
            }
        } else {
            counters.systemCalls++;
            selector.select(
                    timeoutNanos == Long.MAX_VALUE ? 0 : Math.ceilDiv(timeoutNanos, NANOS_PER_MILLI)); // 0: no limit
        }
    }

    private void selected(SelectionKey key) {
        var channel = (NioChannel) key.attachment();
        if (!key.isValid()) {
            return; // closed meanwhile
        }
        int ready = key.readyOps();
        if ((ready & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT)) != 0) {
            tryAll(channel, channel.readers, true);
        }
        if ((ready & (SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT)) != 0) {
            tryAll(channel, channel.writers, true);
        }
    }

    /// Tries what was submitted since the last poll.
    private void startFresh() {
        for (Operation operation = attempts.takeFresh(); operation != null; operation = attempts.takeFresh()) {
            NioChannel channel = sockets.channel(operation.fd);
            EpollDescriptor.Waiters waiters = waiters(channel, operation);
            boolean queued = waiters.first() != null;
            waiters.add(operation);
            if (!queued) {
                tryAll(channel, waiters, false);
            }
        }
    }

    /// Does what the waiters of one direction want, until one would block.
    ///
    /// @param ready whether the selector has said that it will not
    private void tryAll(NioChannel channel, EpollDescriptor.Waiters waiters, boolean ready) {
        for (Operation operation = waiters.first(); operation != null; operation = waiters.first()) {
            int result = operation.kind.onlyWaits() ? readiness(operation, ready) : perform(channel, operation);
            if (result == -Errno.EAGAIN) {
                break;
            }
            waiters.remove(operation);
            attempts.end(operation, result);
        }
        watch(channel);
    }

    private void watch(NioChannel channel) {
        try {
            channel.watch(selector);
        } catch (ClosedChannelException closed) {
            attempts.endAll(channel.readers, -Errno.EBADF);
            attempts.endAll(channel.writers, -Errno.EBADF);
        }
    }

    private static int readiness(Operation operation, boolean ready) {
        int events = operation.kind.reads() ? Poll.POLLIN : Poll.POLLOUT;
        return ready ? events : -Errno.EAGAIN;
    }

    /// One attempt that cannot block.
    ///
    /// @return the result, or `-EAGAIN`
    private int perform(NioChannel channel, Operation operation) {
        counters.systemCalls++;
        return switch (operation.kind) {
            case RECV -> receive(channel, operation);
            case SEND -> NioErrors.result(() -> channel.send(operation.address, operation.length));
            case ACCEPT -> sockets.accept(operation.fd);
            case CONNECT -> NioErrors.result(() -> channel.connect(operation.address, operation.length));
            case READ, WRITE, READABLE, WRITABLE, RECV_EACH -> throw new AssertionError(operation);
        };
    }

    private int receive(NioChannel channel, Operation operation) {
        long place = attempts.place(operation);
        int most = Attempts.asked(operation);
        return attempts.received(operation, place, NioErrors.result(() -> channel.receive(place, most)));
    }

    @Override
    public void wakeup() {
        woken = true; // before the wake-up itself, which a look before the sleep may take; pairs with the read in poll
        selector.wakeup();
    }

    @Override
    public void prepare(int fd) {
        assert sockets.channel(fd) != null : "prepare " + fd;
    }

    @Override
    public void release(int fd) {
        NioChannel channel = sockets.channel(fd);
        assert channel.readers.first() == null && channel.writers.first() == null
                : "release " + fd + ": operations in flight, expected none";
        watch(channel);
    }

    @Override
    public void submit(Operation operation) {
        Operation.Kind kind = operation.kind;
        if (operation.shared || kind == Operation.Kind.READ || kind == Operation.Kind.WRITE) {
            throw new IllegalStateException("submit " + operation + ": poller=nio, expected an operation on a socket");
        }
        attempts.submit(operation);
    }

    @Override
    public void cancel(Operation operation) {
        if (attempts.cancel(operation)) {
            NioChannel channel = sockets.channel(operation.fd);
            attempts.recall(operation, waiters(channel, operation));
            watch(channel);
        }
    }

    private static EpollDescriptor.Waiters waiters(NioChannel channel, Operation operation) {
        return operation.kind.reads() ? channel.readers : channel.writers;
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
    public void close() {
        cancelAll();
        try {
            selector.close();
        } catch (IOException failed) {
            throw new UncheckedIOException("close nio: " + failed.getMessage(), failed);
        }
    }

    private void cancelAll() {
        attempts.beginClose();
        for (SelectionKey key : selector.keys()) {
            var channel = (NioChannel) key.attachment();
            cancelAll(channel.readers);
            cancelAll(channel.writers);
        }
        attempts.close();
    }

    private void cancelAll(EpollDescriptor.Waiters waiters) {
        for (Operation operation = waiters.first(); operation != null; operation = waiters.first()) {
            cancel(operation);
        }
    }
}
