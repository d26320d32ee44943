package dev.sluice.internal.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;

/// What one thread brings to its system calls, so that none of them allocates: where `errno` is caught, and room
/// for small structures.
///
/// Threads: one at a time, and not across a suspension point. A loop has one, for itself and the coroutines
/// mounted on it. The memory is the garbage collector's; there is nothing to close.
public final class CallState {
    /// Room for the largest structure passed through it, `struct statx`.
    static final int SCRATCH_BYTES = 256;

    final MemorySegment errnoSegment;
    final MemorySegment scratch;
    private final long scratchAddress;

    /// Makes the state of one thread or loop.
    public CallState() {
        MemoryLayout layout = Linker.Option.captureStateLayout();
        assert layout.byteOffset(MemoryLayout.PathElement.groupElement("errno")) == 0 : layout;
        MemorySegment memory = Arena.ofAuto().allocate(SCRATCH_BYTES + layout.byteSize(), 16);
        scratch = memory.asSlice(0, SCRATCH_BYTES);
        errnoSegment = memory.asSlice(SCRATCH_BYTES);
        scratchAddress = scratch.address();
    }

    /// The error of the last call that failed.
    int errno() {
        return errnoSegment.get(JAVA_INT, 0);
    }

    /// Valid during a call that gets this state, which keeps the memory alive.
    long scratchAddress() {
        return scratchAddress;
    }
}
