package dev.sluice.internal.linux;

/// `sys/pidfd.h`: a descriptor that means one process, even after its number has been given to another; readable
/// when it ended.
public final class PidFd {
    private PidFd() {}

    /// For a child that has not been waited for this cannot hit another process: its number is still taken.
    ///
    /// @return a descriptor, closed on exec, or the negated `errno`
    public static int open(CallState state, int pid) {
        return Native.call(state, SystemCall.PIDFD_OPEN, pid, 0);
    }

    public static int sendSignal(CallState state, int pidfd, int signal) {
        return (int) Native.call(state, SystemCall.PIDFD_SEND_SIGNAL, pidfd, signal, 0, 0, 0, 0);
    }
}
