package dev.sluice.internal.linux;

/// `signal.h`: the signals of x86_64 and aarch64, by number and name.
public final class Signals {
    public static final int SIGHUP = 1;
    public static final int SIGINT = 2;
    public static final int SIGQUIT = 3;
    public static final int SIGABRT = 6;
    public static final int SIGKILL = 9;
    public static final int SIGUSR1 = 10;
    public static final int SIGSEGV = 11;
    public static final int SIGPIPE = 13;
    public static final int SIGTERM = 15;
    public static final int SIGCHLD = 17;
    public static final int SIGCONT = 18;
    public static final int SIGSTOP = 19;

    private static final String[] NAMES =
            ("0 HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD"
                            + " CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS")
                    .split(" ");

    static {
        assert NAMES.length == 32 && NAMES[SIGTERM].equals("TERM") && NAMES[SIGSTOP].equals("STOP");
    }

    private Signals() {}

    /// `kill(2)`: signals a process, or with a negative `pid` each process of the group `-pid`.
    ///
    /// @param signal 0 to ask only whether that could be done
    /// @return 0, or the negated `errno`
    public static int kill(CallState state, int pid, int signal) {
        return Native.call(state, SystemCall.KILL, pid, signal);
    }

    /// `SIGTERM`; numbers without a name, those of real-time signals, as `SIG40`.
    public static String name(int signal) {
        return "SIG" + (signal > 0 && signal < NAMES.length ? NAMES[signal] : String.valueOf(signal));
    }

    /// The bit of a signal in a set, as [SpawnRequest#blockedSignals] takes it.
    public static long bit(int signal) {
        assert signal >= 1 && signal <= Long.SIZE : "signal=" + signal + ", expected 1..64";
        return 1L << (signal - 1);
    }
}
