package dev.sluice.internal.poll;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.EventFd;
import dev.sluice.internal.linux.Memory;
import dev.sluice.internal.linux.Unistd;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// An eventfd by which any thread ends the sleep of a loop. It is never read: its poller is told of each write,
/// not of its value.
///
/// Invariant: no write reaches the number after the close, when it may mean another file. For this each writer
/// counts itself in, and the close waits for those inside (a write takes less than a microsecond).
///
///     gate = CLOSED bit | writers inside
///
/// Threads: `signal` any, at any time; the rest the loop thread.
final class WakeFd {
    private static final int CLOSED = 1 << 31;
    private static final VarHandle GATE;

    static {
        try {
            GATE = MethodHandles.lookup().findVarHandle(WakeFd.class, "gate", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final int fd;
    private final long one; // address of the eight bytes that are written
    private final CallState anyThread = new CallState(); // writers race on its errno, which is not looked at

    @SuppressWarnings("UnusedVariable") // any thread, through GATE only
    private int gate;

    /// Makes the descriptor.
    ///
    /// @throws RefusedException when the kernel gives no eventfd
    WakeFd(CallState state) throws RefusedException {
        fd = EventFd.eventfd(state, 0, EventFd.EFD_CLOEXEC | EventFd.EFD_NONBLOCK);
        if (fd < 0) {
            throw new RefusedException(Errno.message("eventfd", "for wake-ups", fd));
        }
        one = Memory.allocate(Long.BYTES);
        Memory.putLong(one, 1);
    }

    int fd() {
        return fd;
    }

    /// Wakes the loop. A full counter (`EAGAIN`) means that it has been woken already.
    void signal() {
        // Volatile: orders the count before the write; pairs with the volatile accesses in close.
        if (((int) GATE.getAndAdd(this, 1) & CLOSED) == 0) {
            int written = Unistd.write(anyThread, fd, one, Long.BYTES);
            assert written == Long.BYTES || written < 0 : "wake-up: written=" + written;
        }
        GATE.getAndAdd(this, -1); // pairs with the volatile read in close
    }

    void close(CallState state) {
        int before = (int) GATE.getAndBitwiseOr(this, CLOSED); // pairs with the getAndAdd in signal
        assert (before & CLOSED) == 0 : "wake-up descriptor closed twice";
        while ((int) GATE.getVolatile(this) != CLOSED) { // pairs with the second getAndAdd in signal
            Thread.onSpinWait();
        }
        Memory.free(one);
        int closed = Unistd.close(state, fd);
        assert closed == 0 : Errno.message("close", "eventfd " + fd, closed);
    }
}
