package dev.sluice.internal.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// `fcntl.h`.
public final class Fcntl {
    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0x40;
    public static final int O_EXCL = 0x80;
    public static final int O_NOCTTY = 0x100;
    public static final int O_TRUNC = 0x200;
    public static final int O_APPEND = 0x400;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_CLOEXEC = 0x80000;
    public static final int O_DIRECTORY = Platform.AARCH64 ? 0x4000 : 0x10000;
    /// A symbolic link at the end of the path is refused.
    public static final int O_NOFOLLOW = Platform.AARCH64 ? 0x8000 : 0x20000;
    /// A file without a name in the directory that is opened; not on every file system.
    public static final int O_TMPFILE = 0x400000 | (Platform.AARCH64 ? 0x4000 : 0x10000);

    public static final int FD_CLOEXEC = 1;

    private static final int F_GETFD = 1;
    private static final int F_SETFD = 2;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int F_SETPIPE_SZ = 1031;
    private static final int F_GETPIPE_SZ = 1032;
    static final int AT_FDCWD = -100;

    private Fcntl() {}

    /// Opens a file by the bytes of its name, relative to the working directory. Allocates, and may block on a
    /// slow file system.
    ///
    /// @return a descriptor, or the negated `errno`
    public static int open(CallState state, byte[] path, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) Native.call(
                    state, SystemCall.OPENAT, AT_FDCWD, cString(arena, path).address(), flags, mode, 0, 0);
        }
    }

    /// The flags of the open file description, such as `O_NONBLOCK`: shared by all descriptors of it, in all
    /// processes.
    public static int getStatusFlags(CallState state, int fd) {
        return Native.call(state, SystemCall.FCNTL, fd, F_GETFL, 0);
    }

    public static int setStatusFlags(CallState state, int fd, int flags) {
        return Native.call(state, SystemCall.FCNTL, fd, F_SETFL, flags);
    }

    /// The flags of this descriptor alone: `FD_CLOEXEC` or 0.
    public static int getDescriptorFlags(CallState state, int fd) {
        return Native.call(state, SystemCall.FCNTL, fd, F_GETFD, 0);
    }

    public static int setDescriptorFlags(CallState state, int fd, int flags) {
        return Native.call(state, SystemCall.FCNTL, fd, F_SETFD, flags);
    }

    /// Another descriptor of the same open file description, closed on exec.
    ///
    /// @return it, or the negated `errno`
    public static int duplicate(CallState state, int fd) {
        return Native.call(state, SystemCall.FCNTL, fd, F_DUPFD_CLOEXEC, 0);
    }

    /// How many bytes a pipe holds.
    public static int getPipeSize(CallState state, int fd) {
        return Native.call(state, SystemCall.FCNTL, fd, F_GETPIPE_SZ, 0);
    }

    /// Asks for a pipe that holds so many bytes.
    ///
    /// @return the size that the kernel rounded up to, or the negated `errno`
    public static int setPipeSize(CallState state, int fd, int bytes) {
        return Native.call(state, SystemCall.FCNTL, fd, F_SETPIPE_SZ, bytes);
    }

    /// The bytes with a NUL behind them; they hold none themselves.
    static MemorySegment cString(Arena arena, byte[] bytes) {
        MemorySegment string = arena.allocate(bytes.length + 1L);
        MemorySegment.copy(bytes, 0, string, JAVA_BYTE, 0, bytes.length);
        return string;
    }
}
