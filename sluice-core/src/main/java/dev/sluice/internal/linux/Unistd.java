package dev.sluice.internal.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

/// `unistd.h`.
///
/// The calls on descriptors block when the descriptor does: a loop makes them only on those that cannot.
public final class Unistd {
    private static final int TCGETS = 0x5401;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int SEEK_CUR = 1;

    private Unistd() {}

    /// `read(2)`.
    ///
    /// @return bytes read, 0 at the end, or the negated `errno`
    public static int read(CallState state, int fd, long address, int length) {
        return Native.call(state, SystemCall.READ, fd, address, length);
    }

    /// `write(2)`.
    ///
    /// @return bytes written, perhaps fewer, or the negated `errno`
    public static int write(CallState state, int fd, long address, int length) {
        return Native.call(state, SystemCall.WRITE, fd, address, length);
    }

    public static int pread(CallState state, int fd, long address, int length, long offset) {
        return (int) Native.call(state, SystemCall.PREAD64, fd, address, length, offset, 0, 0);
    }

    public static int pwrite(CallState state, int fd, long address, int length, long offset) {
        return (int) Native.call(state, SystemCall.PWRITE64, fd, address, length, offset, 0, 0);
    }

    /// Whether the file has positions, as pipes, sockets and some of the kernel's own files do not.
    public static boolean isSeekable(CallState state, int fd) {
        return Native.call(state, SystemCall.LSEEK, fd, 0, SEEK_CUR) == 0;
    }

    /// After this, whatever it returns, the number may belong to somebody else: never call it twice.
    public static int close(CallState state, int fd) {
        return Native.call(state, SystemCall.CLOSE, fd);
    }

    /// Makes a pipe; pass `O_CLOEXEC`, or every child started meanwhile holds its ends open.
    ///
    /// @return the read end in the lower, the write end in the upper half (see [#readEnd], [#writeEnd]), or the
    ///     negated `errno`
    public static long pipe2(CallState state, int flags) {
        int result = Native.call(state, SystemCall.PIPE2, state.scratchAddress(), flags);
        return result < 0 ? result : state.scratch.get(JAVA_LONG, 0);
    }

    public static int readEnd(long pipe) {
        return (int) pipe;
    }

    public static int writeEnd(long pipe) {
        return (int) (pipe >>> Integer.SIZE);
    }

    /// A second descriptor for the same open file description, the lowest free number from `least` on, closed
    /// on exec.
    public static int dupCloseOnExec(CallState state, int fd, int least) {
        return Native.call(state, SystemCall.FCNTL, fd, F_DUPFD_CLOEXEC, least);
    }

    public static int getpid(CallState state) {
        return Native.call(state, SystemCall.GETPID, 0);
    }

    /// Whose rights the process acts with.
    public static int geteuid(CallState state) {
        return Native.call(state, SystemCall.GETEUID, 0);
    }

    /// Whether the descriptor is a terminal.
    public static boolean isatty(CallState state, int fd) {
        // The kernel's struct termios has 36 bytes on both architectures.
        return Native.call(state, SystemCall.IOCTL, fd, TCGETS, state.scratchAddress()) == 0;
    }
}
