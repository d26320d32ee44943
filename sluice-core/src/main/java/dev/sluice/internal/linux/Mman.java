package dev.sluice.internal.linux;

/// `sys/mman.h`.
public final class Mman {
    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;
    public static final int MAP_SHARED = 1;
    public static final int MAP_PRIVATE = 2;
    /// Memory of no file; its pages come when they are touched.
    public static final int MAP_ANONYMOUS = 0x20;
    /// Fault the pages in at once.
    public static final int MAP_POPULATE = 0x8000;

    private static final int MADV_POPULATE_WRITE = 23;

    private Mman() {}

    /// Maps `length` bytes of `fd`, readable and writable, where the kernel likes.
    ///
    /// @return the address, or the negated `errno`
    public static long mmap(CallState state, long length, int flags, int fd, long offset) {
        return Native.call(state, SystemCall.MMAP, 0, length, PROT_READ | PROT_WRITE, flags, fd, offset);
    }

    /// Faults all pages in for writing: where that succeeds, none of them is missing later.
    ///
    /// @return 0, or the negated `errno`: `-EFAULT` where a page cannot be had, `-EINVAL` before Linux 5.14
    public static int populate(CallState state, long address, long length) {
        return Native.call(state, SystemCall.MADVISE, address, length, MADV_POPULATE_WRITE);
    }

    public static int munmap(CallState state, long address, long length) {
        return Native.call(state, SystemCall.MUNMAP, address, length);
    }
}
