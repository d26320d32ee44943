package dev.sluice.internal.poll;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Memory;
import dev.sluice.internal.linux.Mman;
import dev.sluice.internal.linux.Unistd;
import dev.sluice.internal.linux.Uring;
import dev.sluice.internal.linux.UringLayout;

/// One io_uring: the submission and the completion ring that are shared with the kernel, and the call that
/// enters it.
///
///     submission   we write entries and `tail`, the kernel takes them and moves `head`, only while we are inside
/// enter
///     completion   the kernel writes entries and `tail`, we take them and move `head`
///
/// Not final: tests make one that behaves as on older or busy kernels.
///
/// Threads: made anywhere; from [#enable] on the thread that called it, the only one the kernel accepts
/// (`SINGLE_ISSUER`).
class UringRing {
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final int IDENTITY_BYTES = Integer.BYTES;

    private final CallState state;
    private final int flags;
    private final int fd;
    private final long mapping;
    private final long mappingBytes;
    private final long sqeMapping;
    private final long sqeBytes;
    private final long wait; // address of struct io_uring_getevents_arg, and behind it of the timespec it points to

    // addresses and masks of the two rings
    private final long sqHead;
    private final long sqTail;
    private final long sqFlags;
    private final int sqEntries;
    private final int sqMask;
    private final long cqHead;
    private final long cqTail;
    private final long cqOverflow;
    private final int cqMask;
    private final long cqes;

    // loop thread only
    private int enterFd;
    private int enterFlags;
    private int tail; // of the submission ring; the kernel sees it at the next enter
    private int head; // of the completion ring; the kernel has seen it

    /// Makes a ring that is not yet enabled, if the flags say so.
    ///
    /// @param flags of `io_uring_setup`
    /// @throws RefusedException when the kernel does not give a ring with them
    UringRing(CallState state, int flags, PollerConfig config) throws RefusedException {
        this.state = state;
        this.flags = flags;
        long params = Memory.allocate(UringLayout.PARAMS_BYTES);
        try {
            Memory.putInt(params + UringLayout.PARAMS_FLAGS, flags);
            Memory.putInt(params + UringLayout.PARAMS_CQ_ENTRIES, config.completions());
            fd = refused("io_uring_setup", Uring.setup(state, config.submissions(), params));
            enterFd = fd;
            sqEntries = Memory.getInt(params + UringLayout.PARAMS_SQ_ENTRIES);
            int cqEntries = Memory.getInt(params + UringLayout.PARAMS_CQ_ENTRIES);
            int features = Memory.getInt(params + UringLayout.PARAMS_FEATURES);
            int cqesOffset = Memory.getInt(params + UringLayout.CQ_CQES);
            boolean withArray = (flags & Uring.SETUP_NO_SQARRAY) == 0;
            int arrayOffset = Memory.getInt(params + UringLayout.SQ_ARRAY);
            mappingBytes = Math.max(
                    cqesOffset + (long) cqEntries * UringLayout.CQE_BYTES,
                    withArray ? arrayOffset + (long) sqEntries * IDENTITY_BYTES : 0);
            sqeBytes = (long) sqEntries * UringLayout.SQE_BYTES;
            checkFeatures(features);
            mapping = map(mappingBytes, Uring.OFF_SQ_RING);
            sqeMapping = mapEntries();
            sqHead = mapping + Memory.getInt(params + UringLayout.SQ_HEAD);
            sqTail = mapping + Memory.getInt(params + UringLayout.SQ_TAIL);
            sqFlags = mapping + Memory.getInt(params + UringLayout.SQ_FLAGS);
            sqMask = Memory.getInt(mapping + Memory.getInt(params + UringLayout.SQ_RING_MASK));
            cqHead = mapping + Memory.getInt(params + UringLayout.CQ_HEAD);
            cqTail = mapping + Memory.getInt(params + UringLayout.CQ_TAIL);
            cqOverflow = mapping + Memory.getInt(params + UringLayout.CQ_OVERFLOW);
            cqMask = Memory.getInt(mapping + Memory.getInt(params + UringLayout.CQ_RING_MASK));
            cqes = mapping + cqesOffset;
            if (withArray) {
                // Entry i of the ring is always request i: the indirection is written once.
                for (int i = 0; i < sqEntries; i++) {
                    Memory.putInt(mapping + arrayOffset + (long) i * IDENTITY_BYTES, i);
                }
            }
            assert sqMask == sqEntries - 1 && cqMask == cqEntries - 1 : "ring sizes are no powers of two";
        } finally {
            Memory.free(params);
        }
        wait = Memory.allocate(UringLayout.GETEVENTS_BYTES + UringLayout.TIMESPEC_BYTES);
        Memory.putLong(wait + UringLayout.GETEVENTS_TS, wait + UringLayout.GETEVENTS_BYTES);
    }

    /// Whether the kernel works on completions when the loop asks for them: Linux 6.1 or newer.
    boolean deferred() {
        return (flags & Uring.SETUP_DEFER_TASKRUN) != 0;
    }

    /// Starts the ring for the calling thread, the only one that may use it from now on.
    void enable() {
        if ((flags & Uring.SETUP_R_DISABLED) != 0) {
            int result = Uring.register(state, fd, Uring.REGISTER_ENABLE_RINGS, 0, 0);
            if (result < 0) {
                throw new IllegalStateException(Errno.message("enable io_uring", "ring " + fd, result));
            }
        }
        registerDescriptor();
    }

    /// Registers a ring of buffers, group 0.
    ///
    /// @param argument address of a `struct io_uring_buf_reg`
    /// @return 0 or the negated `errno`
    int registerBuffers(long argument) {
        return Uring.register(state, fd, Uring.REGISTER_PBUF_RING, argument, 1);
    }

    /// Gives the ring a number in a table of this thread, which the kernel looks up faster than a descriptor
    /// that all threads share. Without it (before 5.18) the descriptor serves.
    private void registerDescriptor() {
        putRegistration(-1, fd);
        if (Uring.register(state, fd, Uring.REGISTER_RING_FDS, wait, 1) == 1) {
            enterFd = Memory.getInt(wait);
            enterFlags = Uring.ENTER_REGISTERED_RING;
        }
        restoreWait();
    }

    private void unregisterDescriptor() {
        if (enterFlags == Uring.ENTER_REGISTERED_RING) {
            putRegistration(enterFd, 0);
            int result = Uring.register(state, fd, Uring.UNREGISTER_RING_FDS, wait, 1);
            assert result == 1 : Errno.message("unregister io_uring", "ring " + fd, result);
            restoreWait();
        }
    }

    /// `struct io_uring_rsrc_update { offset, resv, data }`, for a moment in the place of the wait argument.
    private void putRegistration(int offset, long data) {
        Memory.putInt(wait, offset);
        Memory.putInt(wait + 4, 0);
        Memory.putLong(wait + 8, data);
    }

    private void restoreWait() {
        Memory.putLong(wait, 0);
        Memory.putLong(wait + 8, 0);
    }

    /// Whether [#push] may be called.
    boolean hasRoom() {
        return pending() < sqEntries;
    }

    /// How many requests the kernel has not taken yet.
    int pending() {
        // Acquire: the kernel is done reading an entry before it moves head past it; pairs with its release.
        return tail - Memory.getIntAcquire(sqHead);
    }

    /// Writes one request. The kernel takes it at the next [#submit] or [#submitAndWait].
    ///
    /// @param head see [UringLayout#sqeHead]
    /// @param lengthAndFlags the length in the lower, the operation's flags in the upper half
    void push(long head, long offset, long address, long lengthAndFlags, long tag) {
        assert hasRoom() : "submission ring is full";
        long sqe = sqeMapping + (long) (tail & sqMask) * UringLayout.SQE_BYTES;
        Memory.putLong(sqe, head);
        Memory.putLong(sqe + UringLayout.SQE_OFF, offset);
        Memory.putLong(sqe + UringLayout.SQE_ADDR, address);
        Memory.putLong(sqe + UringLayout.SQE_LEN_AND_FLAGS, lengthAndFlags);
        Memory.putLong(sqe + UringLayout.SQE_USER_DATA, tag);
        // The rest of an entry stays zero: nothing here ever writes it, and the kernel only reads.
        tail++;
    }

    /// Hands over what was pushed, without looking for completions.
    ///
    /// @return how many were taken, or the negated `errno`
    int submit() {
        Memory.putIntRelease(sqTail, tail); // pairs with the kernel's acquire of the tail
        return Uring.enter(state, enterFd, Uring.submitAndWait(pending(), 0), enterFlags, 0);
    }

    /// Hands over what was pushed, runs the kernel's deferred work, and waits for a completion.
    ///
    /// @param timeoutNanos 0: do not wait; [Long#MAX_VALUE]: no limit
    /// @return how many were taken, or the negated `errno`, with `-ETIME` when the time is over
    int submitAndWait(long timeoutNanos) {
        Memory.putIntRelease(sqTail, tail); // pairs with the kernel's acquire of the tail
        int how = enterFlags | Uring.ENTER_GETEVENTS;
        if (timeoutNanos == 0 || timeoutNanos == Long.MAX_VALUE) {
            return Uring.enter(state, enterFd, Uring.submitAndWait(pending(), timeoutNanos == 0 ? 0 : 1), how, 0);
        }
        long timespec = wait + UringLayout.GETEVENTS_BYTES;
        Memory.putLong(timespec + UringLayout.TIMESPEC_SECONDS, timeoutNanos / NANOS_PER_SECOND);
        Memory.putLong(timespec + UringLayout.TIMESPEC_NANOS, timeoutNanos % NANOS_PER_SECOND);
        return Uring.enter(state, enterFd, Uring.submitAndWait(pending(), 1), how | Uring.ENTER_EXT_ARG, wait);
    }

    /// Whether the kernel has something for us that only an enter brings: deferred work, or completions kept
    /// aside.
    boolean wantsEnter() {
        // Acquire: what is behind the flags is found by the enter itself; pairs with the kernel's atomic or.
        return (Memory.getIntAcquire(sqFlags) & (Uring.SQ_TASKRUN | Uring.SQ_CQ_OVERFLOW)) != 0;
    }

    /// Whether completions are kept aside, because the completion ring was full.
    boolean overflown() {
        return (Memory.getIntAcquire(sqFlags) & Uring.SQ_CQ_OVERFLOW) != 0; // pairs with the kernel's atomic or
    }

    /// Completions that the kernel could keep nowhere. They are lost, and with them the ring.
    int lost() {
        return Memory.getInt(cqOverflow);
    }

    /// How many completions can be taken now.
    int completions() {
        return Memory.getIntAcquire(cqTail) - head; // pairs with the kernel's release of the tail
    }

    /// The address of the oldest completion, one of [#completions].
    long completion() {
        return cqes + (long) (head & cqMask) * UringLayout.CQE_BYTES;
    }

    /// Gives the place of the oldest completion back to the kernel.
    void advance() {
        Memory.putIntRelease(
                cqHead, ++head); // pairs with the kernel's acquire of the head, before it writes there again
    }

    /// Ends the ring. What is in flight is cancelled by the kernel some time later, so nothing may be.
    void close() {
        unregisterDescriptor();
        Memory.free(wait);
        unmapAndClose();
    }

    private void checkFeatures(int features) throws RefusedException {
        int needed = Uring.FEAT_SINGLE_MMAP
                | Uring.FEAT_NODROP
                | Uring.FEAT_RW_CUR_POS
                | Uring.FEAT_FAST_POLL
                | Uring.FEAT_EXT_ARG
                | Uring.FEAT_RSRC_TAGS;
        if ((features & needed) != needed) {
            closeDescriptor();
            throw new RefusedException("io_uring_setup: features=0x" + Integer.toHexString(features) + ", expected 0x"
                    + Integer.toHexString(needed) + " (Linux 5.13)");
        }
    }

    private long mapEntries() throws RefusedException {
        try {
            return map(sqeBytes, Uring.OFF_SQES);
        } catch (RefusedException refused) {
            int unmapped = Mman.munmap(state, mapping, mappingBytes);
            assert unmapped == 0 : Errno.message("munmap", "io_uring", unmapped);
            throw refused;
        }
    }

    private long map(long bytes, long offset) throws RefusedException {
        long address = Mman.mmap(state, bytes, Mman.MAP_SHARED | Mman.MAP_POPULATE, fd, offset);
        if (address < 0) {
            closeDescriptor();
            throw new RefusedException(Errno.message("mmap", "io_uring", address));
        }
        return address;
    }

    private void unmapAndClose() {
        int unmapped = Mman.munmap(state, sqeMapping, sqeBytes);
        assert unmapped == 0 : Errno.message("munmap", "io_uring", unmapped);
        unmapped = Mman.munmap(state, mapping, mappingBytes);
        assert unmapped == 0 : Errno.message("munmap", "io_uring", unmapped);
        closeDescriptor();
    }

    private void closeDescriptor() {
        int closed = Unistd.close(state, fd);
        assert closed == 0 : Errno.message("close", "io_uring", closed);
    }

    private static int refused(String call, int result) throws RefusedException {
        if (result < 0) {
            throw new RefusedException(Errno.message(call, "a ring", result));
        }
        return result;
    }
}
