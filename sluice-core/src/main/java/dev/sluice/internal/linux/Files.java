package dev.sluice.internal.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;

/// Files below an open directory: `openat(2)` and its relatives. No part of a path is looked up twice, so
/// nobody can put another file there meanwhile.
public final class Files {
    /// The file system in memory, as [#fileSystem] names it.
    public static final long TMPFS_MAGIC = 0x01021994;

    private static final int AT_SYMLINK_FOLLOW = 0x400;
    private static final int AT_REMOVEDIR = 0x200;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_BASIC_STATS = 0x7ff;

    // struct statx:
    //
    //     0      4         8            16      20    24    28     32    40     48
    //     | mask | blksize | attributes | nlink | uid | gid | mode | ino | size | blocks | …
    private static final int STX_UID = 20;
    private static final int STX_MODE = 28;
    private static final int STX_INODE = 32;
    private static final int STX_SIZE = 40;
    private static final int STX_BLOCKS = 48;
    private static final int BLOCK_BYTES = 512;

    private Files() {}

    /// What an open file is.
    ///
    /// @param mode type and permissions, as `st_mode`
    /// @param size bytes, as a reader sees them
    /// @param backed bytes that have memory or disk behind them; fewer than `size` in a file with holes
    /// @param inode its number in its file system
    public record Status(int mode, int uid, long size, long backed, long inode) {
        public boolean isRegular() {
            return (mode & Stat.S_IFMT) == Stat.S_IFREG;
        }

        /// The lower nine bits of the mode.
        public int permissions() {
            return mode & 0x1ff;
        }
    }

    /// Asks for the status of an open file.
    ///
    /// @throws IOException if the kernel refuses
    public static Status status(CallState state, int fd, String subject) throws IOException {
        state.scratch.set(JAVA_BYTE, 0, (byte) 0); // the empty path, read before the structure is written
        long address = state.scratchAddress();
        int result =
                (int) Native.call(state, SystemCall.STATX, fd, address, AT_EMPTY_PATH, STATX_BASIC_STATS, address, 0);
        if (result < 0) {
            throw Errno.exception("statx", subject, result);
        }
        return new Status(
                state.scratch.get(JAVA_SHORT, STX_MODE) & 0xffff,
                state.scratch.get(JAVA_INT, STX_UID),
                state.scratch.get(JAVA_LONG, STX_SIZE),
                state.scratch.get(JAVA_LONG, STX_BLOCKS) * BLOCK_BYTES,
                state.scratch.get(JAVA_LONG, STX_INODE));
    }

    /// Opens `name` below a directory.
    ///
    /// @return a descriptor, or the negated `errno`
    public static int openAt(CallState state, int directory, byte[] name, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            long path = Fcntl.cString(arena, name).address();
            return (int) Native.call(state, SystemCall.OPENAT, directory, path, flags, mode, 0, 0);
        }
    }

    /// Makes a directory by the bytes of its path.
    ///
    /// @return 0, or the negated `errno`
    public static int makeDirectory(CallState state, byte[] path, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            long name = Fcntl.cString(arena, path).address();
            return Native.call(state, SystemCall.MKDIRAT, Fcntl.AT_FDCWD, name, mode);
        }
    }

    /// Gives a name to an open file that has none.
    ///
    /// @return 0, or the negated `errno`: `-EEXIST` where the name is taken
    public static int link(CallState state, int fd, int directory, byte[] name) {
        byte[] source = ("/proc/self/fd/" + fd).getBytes(StandardCharsets.US_ASCII);
        try (Arena arena = Arena.ofConfined()) {
            long from = Fcntl.cString(arena, source).address();
            long to = Fcntl.cString(arena, name).address();
            return (int)
                    Native.call(state, SystemCall.LINKAT, Fcntl.AT_FDCWD, from, directory, to, AT_SYMLINK_FOLLOW, 0);
        }
    }

    /// Removes the name of a file below a directory.
    ///
    /// @return 0, or the negated `errno`
    public static int unlinkAt(CallState state, int directory, byte[] name) {
        try (Arena arena = Arena.ofConfined()) {
            return Native.call(
                    state,
                    SystemCall.UNLINKAT,
                    directory,
                    Fcntl.cString(arena, name).address(),
                    0);
        }
    }

    /// Removes an empty directory.
    ///
    /// @return 0, or the negated `errno`
    public static int removeDirectory(CallState state, byte[] path) {
        try (Arena arena = Arena.ofConfined()) {
            long name = Fcntl.cString(arena, path).address();
            return Native.call(state, SystemCall.UNLINKAT, Fcntl.AT_FDCWD, name, AT_REMOVEDIR);
        }
    }

    /// Reserves memory or disk for the first `length` bytes of a file, which grows to them: where that
    /// succeeds, no later write finds the file system full.
    ///
    /// @return 0, or the negated `errno`: `-ENOSPC` where there is no room
    public static int allocate(CallState state, int fd, long length) {
        return (int) Native.call(state, SystemCall.FALLOCATE, fd, 0, 0, length, 0, 0);
    }

    /// The magic number of the file system that an open file is on, or the negated `errno`.
    public static long fileSystem(CallState state, int fd) {
        int result = Native.call(state, SystemCall.FSTATFS, fd, state.scratchAddress());
        return result < 0 ? result : state.scratch.get(JAVA_LONG, 0);
    }
}
