package dev.sluice.internal.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

/// `poll.h`: whether one descriptor is ready, now.
///
/// `struct pollfd`, and behind it the time limit of zero:
///
///     0    4        6         8      24
///     | fd | events | revents | timespec |
public final class Poll {
    public static final int POLLIN = 1;
    public static final int POLLOUT = 4;
    public static final int POLLERR = 8;
    public static final int POLLHUP = 0x10;
    public static final int POLLNVAL = 0x20;

    private static final int EVENTS = 4;
    private static final int REVENTS = 6;
    private static final int TIMESPEC = 8;

    private Poll() {}

    /// Asks without waiting.
    ///
    /// @return the events that hold, errors included; 0 for none; or the negated `errno`
    public static int poll(CallState state, int fd, int events) {
        state.scratch.set(JAVA_INT, 0, fd);
        state.scratch.set(JAVA_SHORT, EVENTS, (short) events);
        state.scratch.set(JAVA_SHORT, REVENTS, (short) 0);
        state.scratch.set(JAVA_LONG, TIMESPEC, 0);
        state.scratch.set(JAVA_LONG, TIMESPEC + 8, 0);
        long pollfd = state.scratchAddress();
        int ready = (int) Native.call(state, SystemCall.PPOLL, pollfd, 1, pollfd + TIMESPEC, 0, 0, 0);
        return ready <= 0 ? ready : state.scratch.get(JAVA_SHORT, REVENTS);
    }
}
