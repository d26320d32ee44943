package dev.sluice.internal.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import org.jspecify.annotations.Nullable;

/// `sys/wait.h`: how a child ended, which also lets the kernel forget it.
///
/// The part of `siginfo_t` that is about children, on 64-bit machines:
///
///     0         4       8         12    16    20    24          28 … 128
///     | signo   | errno | code    | pad | pid | uid | status    | …
public final class Wait {
    public static final int WNOHANG = 1;
    public static final int WEXITED = 4;
    /// Leave the child in place, to be waited for again.
    public static final int WNOWAIT = 0x01000000;

    private static final int P_PID = 1;
    private static final int P_PIDFD = 3;
    private static final int SI_CODE = 8;
    private static final int SI_PID = 16;
    private static final int SI_STATUS = 24;
    private static final int CLD_EXITED = 1;
    private static final int CLD_DUMPED = 3;
    private static final int BY_SIGNAL = 128;
    private static final int SIGINFO_BYTES = 128;

    static {
        assert SIGINFO_BYTES <= CallState.SCRATCH_BYTES;
    }

    private Wait() {}

    /// `waitid(2)` on a pidfd (Linux 5.4). A loop passes `WEXITED | WNOHANG`. What it found is in [#status].
    ///
    /// @return 0, also when with `WNOHANG` nothing has ended; or the negated `errno`: `ECHILD` for what is no
    ///     child, or has been waited for, or was forgotten because the program ignores `SIGCHLD`
    public static int waitid(CallState state, int pidfd, int options) {
        return waitid(state, P_PIDFD, pidfd, options);
    }

    /// `waitid(2)` on the id of a process. Only for a child that has not been waited for: nobody else gets its
    /// number until then.
    ///
    /// @return as [#waitid]
    public static int waitpid(CallState state, int pid, int options) {
        return waitid(state, P_PID, pid, options);
    }

    private static int waitid(CallState state, int what, int id, int options) {
        state.scratch.set(JAVA_INT, SI_PID, 0); // the kernel leaves it alone when nothing has ended
        return (int) Native.call(state, SystemCall.WAITID, what, id, state.scratchAddress(), options, 0, 0);
    }

    /// What the [#waitid] just before, which returned 0, has found; null when the process still runs.
    public static @Nullable ExitStatus status(CallState state) {
        if (state.scratch.get(JAVA_INT, SI_PID) == 0) {
            return null;
        }
        return decode(state.scratch.get(JAVA_INT, SI_CODE), state.scratch.get(JAVA_INT, SI_STATUS));
    }

    static ExitStatus decode(int code, int status) {
        return code == CLD_EXITED
                ? new ExitStatus(status, 0, false)
                : new ExitStatus(BY_SIGNAL + status, status, code == CLD_DUMPED);
    }
}
