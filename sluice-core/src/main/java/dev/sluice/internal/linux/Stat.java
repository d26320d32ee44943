package dev.sluice.internal.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;

/// `sys/stat.h`: what kind of file a descriptor is.
///
/// By `statx(2)`, whose structure is the same on all architectures:
///
///     0         28     30 … 256
///     | … | stx_mode | … |
public final class Stat {
    public static final int S_IFMT = 0xF000;
    public static final int S_IFIFO = 0x1000;
    public static final int S_IFCHR = 0x2000;
    public static final int S_IFDIR = 0x4000;
    public static final int S_IFREG = 0x8000;
    public static final int S_IFSOCK = 0xC000;

    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_TYPE = 1;
    private static final int STX_MODE = 28;
    private static final int STATX_BYTES = 256;

    static {
        assert STATX_BYTES <= CallState.SCRATCH_BYTES;
    }

    private Stat() {}

    /// Asks for the type of the file at a path, behind symbolic links. May block on a slow file system.
    ///
    /// @return as [#type(CallState, int)]
    public static int type(CallState state, byte[] path) {
        try (Arena arena = Arena.ofConfined()) {
            return type(state, Fcntl.AT_FDCWD, Fcntl.cString(arena, path).address(), 0);
        }
    }

    /// Asks for the type of an open file.
    ///
    /// @return one of the `S_IF…`, 0 for a file of no kind (an eventfd), or the negated `errno`
    public static int type(CallState state, int fd) {
        state.scratch.set(JAVA_BYTE, 0, (byte) 0); // the empty path, read before the structure is written
        return type(state, fd, state.scratchAddress(), AT_EMPTY_PATH);
    }

    private static int type(CallState state, int directory, long path, int flags) {
        int result = (int)
                Native.call(state, SystemCall.STATX, directory, path, flags, STATX_TYPE, state.scratchAddress(), 0);
        return result < 0 ? result : state.scratch.get(JAVA_SHORT, STX_MODE) & S_IFMT;
    }
}
