package dev.sluice.internal.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

/// `sys/epoll.h`.
///
/// `struct epoll_event` is packed on x86_64 only, for the sake of 32-bit programs:
///
///     0        4      8      12     16
///     | events |    data     |              x86_64
///     | events | pad  |     data    |       aarch64
public final class Epoll {
    public static final int EPOLLIN = 1;
    public static final int EPOLLOUT = 4;
    public static final int EPOLLERR = 8;
    public static final int EPOLLHUP = 0x10;
    public static final int EPOLLRDHUP = 0x2000;
    public static final int EPOLLONESHOT = 1 << 30;
    public static final int EPOLLET = 1 << 31;

    public static final int EPOLL_CTL_ADD = 1;
    public static final int EPOLL_CTL_DEL = 2;
    public static final int EPOLL_CTL_MOD = 3;
    public static final int EPOLL_CLOEXEC = Fcntl.O_CLOEXEC;

    public static final int EVENT_BYTES = Platform.AARCH64 ? 16 : 12;
    private static final int EVENT_DATA = EVENT_BYTES - 8;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    static {
        assert EVENT_BYTES <= CallState.SCRATCH_BYTES && EVENT_DATA >= Integer.BYTES;
    }

    private Epoll() {}

    /// `epoll_create1(2)`.
    ///
    /// @return a descriptor, or the negated `errno`
    public static int create1(CallState state, int flags) {
        return Native.call(state, SystemCall.EPOLL_CREATE1, flags);
    }

    /// `epoll_ctl(2)`.
    ///
    /// @param data what the events will carry
    public static int ctl(CallState state, int epoll, int operation, int fd, int events, long data) {
        state.scratch.set(JAVA_INT, 0, events);
        state.scratch.set(JAVA_LONG_UNALIGNED, EVENT_DATA, data);
        return (int) Native.call(state, SystemCall.EPOLL_CTL, epoll, operation, fd, state.scratchAddress(), 0, 0);
    }

    /// `epoll_pwait2(2)`: waits with a time limit in nanoseconds.
    ///
    /// @param events address of room for `count` events
    /// @param timeoutNanos [Long#MAX_VALUE] for no limit
    /// @return how many events there are, or the negated `errno`: `ENOSYS` before Linux 5.11
    public static int pwait2(CallState state, int epoll, long events, int count, long timeoutNanos) {
        long timespec = 0;
        if (timeoutNanos != Long.MAX_VALUE) {
            timespec = state.scratchAddress();
            state.scratch.set(JAVA_LONG, 0, timeoutNanos / NANOS_PER_SECOND);
            state.scratch.set(JAVA_LONG, 8, timeoutNanos % NANOS_PER_SECOND);
        }
        return (int) Native.call(state, SystemCall.EPOLL_PWAIT2, epoll, events, count, timespec, 0, 0);
    }

    /// `epoll_wait(2)`: the same for older kernels, with the limit rounded up to milliseconds.
    public static int wait(CallState state, int epoll, long events, int count, long timeoutNanos) {
        long millis = timeoutNanos == Long.MAX_VALUE
                ? -1
                : Math.min(Integer.MAX_VALUE, Math.ceilDiv(timeoutNanos, NANOS_PER_MILLI));
        return (int) Native.call(state, SystemCall.EPOLL_PWAIT, epoll, events, count, millis, 0, 0);
    }

    /// What happened, of event `index` in an array filled by a wait.
    public static int events(long events, int index) {
        return Memory.getInt(events + (long) index * EVENT_BYTES);
    }

    /// What was registered with it.
    public static long data(long events, int index) {
        return Memory.getLongUnaligned(events + (long) index * EVENT_BYTES + EVENT_DATA);
    }
}
