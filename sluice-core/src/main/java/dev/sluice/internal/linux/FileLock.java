package dev.sluice.internal.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

/// Locks of single bytes of a file that belong to an open file description: `F_OFD_SETLK`, Linux 3.15.
///
/// The kernel lets go of them when the last descriptor of the description is closed, so also when its process
/// dies in whatever way; a stopped process keeps them. A POSIX lock (`F_SETLK`, which `FileChannel.lock` takes)
/// would vanish when its process closes any other descriptor of the same file.
///
/// `struct flock`:
///
///     0        2          4      8         16      24      28
///     | l_type | l_whence | pad  | l_start | l_len | l_pid | pad
public final class FileLock {
    private static final int F_OFD_GETLK = 36;
    private static final int F_OFD_SETLK = 37;
    private static final short F_WRLCK = 1;
    private static final short F_UNLCK = 2;

    private static final int START = 8;
    private static final int LENGTH = 16;
    private static final int PID = 24;

    static {
        assert PID + Integer.BYTES <= CallState.SCRATCH_BYTES;
    }

    private FileLock() {}

    /// Locks one byte, which may lie behind the file's end, for the descriptor's open file description. Does
    /// not wait.
    ///
    /// @return 0, or the negated `errno`: `-EAGAIN` while another description holds it
    public static int lock(CallState state, int fd, long offset) {
        describe(state, F_WRLCK, offset);
        return Native.call(state, SystemCall.FCNTL, fd, F_OFD_SETLK, state.scratchAddress());
    }

    /// Lets go of one byte.
    ///
    /// @return 0, or the negated `errno`
    public static int unlock(CallState state, int fd, long offset) {
        describe(state, F_UNLCK, offset);
        return Native.call(state, SystemCall.FCNTL, fd, F_OFD_SETLK, state.scratchAddress());
    }

    /// Whether another open file description holds the lock of a byte; it says nothing about the descriptor's
    /// own.
    ///
    /// @return 1, 0, or the negated `errno`
    public static int heldByOther(CallState state, int fd, long offset) {
        describe(state, F_WRLCK, offset);
        int result = Native.call(state, SystemCall.FCNTL, fd, F_OFD_GETLK, state.scratchAddress());
        if (result < 0) {
            return result;
        }
        return state.scratch.get(JAVA_SHORT, 0) == F_UNLCK ? 0 : 1;
    }

    private static void describe(CallState state, short type, long offset) {
        state.scratch.set(JAVA_SHORT, 0, type);
        state.scratch.set(JAVA_SHORT, Short.BYTES, (short) 0); // SEEK_SET
        state.scratch.set(JAVA_LONG, START, offset);
        state.scratch.set(JAVA_LONG, LENGTH, 1L);
        state.scratch.set(JAVA_INT, PID, 0); // the kernel demands it
    }
}
