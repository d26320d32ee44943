package dev.sluice.internal.linux;

/// `sys/eventfd.h`: a counter in the kernel that a loop can sleep on.
public final class EventFd {
    public static final int EFD_CLOEXEC = Fcntl.O_CLOEXEC;
    public static final int EFD_NONBLOCK = Fcntl.O_NONBLOCK;

    private EventFd() {}

    /// Makes a counter that starts at `initial`.
    ///
    /// @return a descriptor, or the negated `errno`
    public static int eventfd(CallState state, int initial, int flags) {
        return Native.call(state, SystemCall.EVENTFD2, initial, flags);
    }
}
