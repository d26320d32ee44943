package dev.sluice.internal.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/// Memory outside the heap by its address: what buffers and rings of system calls live in.
///
/// As sharp as C: nothing checks bounds or life. The owner of an address frees it once, and when the kernel is
/// done with it.
public final class Memory {
    @SuppressWarnings("restricted")
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final VarHandle INT = JAVA_INT.varHandle();
    private static final VarHandle SHORT = JAVA_SHORT.varHandle();
    private static final MethodHandle CALLOC = Native.function("calloc");
    private static final MethodHandle FREE = Native.function("free");

    private Memory() {}

    /// Zeroed memory, aligned to 16.
    public static long allocate(long bytes) {
        assert bytes > 0 : "allocate: bytes=" + bytes;
        long address;
        try {
            address = (long) CALLOC.invokeExact(1L, bytes, 0L, 0L, 0L, 0L);
        } catch (Throwable failure) {
            throw Native.unexpected(failure);
        }
        if (address == 0) {
            throw new OutOfMemoryError("allocate: bytes=" + bytes + ": the C library has no memory");
        }
        return address;
    }

    /// Gives back what [#allocate] gave.
    public static void free(long address) {
        try {
            long _ = (long) FREE.invokeExact(address, 0L, 0L, 0L, 0L, 0L);
        } catch (Throwable failure) {
            throw Native.unexpected(failure);
        }
    }

    public static byte getByte(long address) {
        return ALL.get(JAVA_BYTE, address);
    }

    public static void putByte(long address, byte value) {
        ALL.set(JAVA_BYTE, address, value);
    }

    public static int getInt(long address) {
        return ALL.get(JAVA_INT, address);
    }

    public static void putInt(long address, int value) {
        ALL.set(JAVA_INT, address, value);
    }

    public static void putShort(long address, short value) {
        ALL.set(JAVA_SHORT, address, value);
    }

    public static long getLong(long address) {
        return ALL.get(JAVA_LONG, address);
    }

    public static void putLong(long address, long value) {
        ALL.set(JAVA_LONG, address, value);
    }

    /// For the packed `struct epoll_event` of x86_64.
    static long getLongUnaligned(long address) {
        return ALL.get(JAVA_LONG_UNALIGNED, address);
    }

    /// Pairs with the kernel's release of the same word (or with that of [#putIntRelease]).
    public static int getIntAcquire(long address) {
        return (int) INT.getAcquire(ALL, address);
    }

    /// Pairs with the kernel's acquire of the same word (or with that of [#getIntAcquire]).
    public static void putIntRelease(long address, int value) {
        INT.setRelease(ALL, address, value);
    }

    /// As `VarHandle.compareAndSet`; the caller says what it pairs with.
    public static boolean compareAndSetInt(long address, int expected, int value) {
        return INT.compareAndSet(ALL, address, expected, value); // pairs with what the caller names
    }

    /// As [#putIntRelease], of two bytes: the tail of a ring of buffers.
    public static void putShortRelease(long address, short value) {
        SHORT.setRelease(ALL, address, value); // pairs with the kernel's acquire of the same word
    }

    /// The bytes up to a NUL.
    static byte[] cString(long address) {
        int length = 0;
        while (getByte(address + length) != 0) {
            length++;
        }
        byte[] bytes = new byte[length];
        copy(address, bytes, 0, length);
        return bytes;
    }

    /// Copies out of the heap.
    public static void copy(byte[] source, int offset, long address, int length) {
        MemorySegment.copy(source, offset, ALL, JAVA_BYTE, address, length);
    }

    /// Copies into the heap.
    public static void copy(long address, byte[] target, int offset, int length) {
        MemorySegment.copy(ALL, JAVA_BYTE, address, target, offset, length);
    }

    /// Copies what a buffer has from its position on, without moving that.
    public static void copy(ByteBuffer source, long address, int length) {
        MemorySegment.copy(MemorySegment.ofBuffer(source), 0, ALL, address, length);
    }

    /// Copies into a buffer from its position on, without moving that.
    public static void copy(long address, ByteBuffer target, int length) {
        MemorySegment.copy(ALL, address, MemorySegment.ofBuffer(target), 0, length);
    }

    /// Where a direct buffer's position is. Whoever uses the address keeps the buffer reachable.
    ///
    /// @throws IllegalStateException if its memory has been freed, as that of an arena that was closed
    public static long address(ByteBuffer direct) {
        assert direct.isDirect();
        MemorySegment memory = MemorySegment.ofBuffer(direct);
        if (!memory.scope().isAlive()) {
            throw new IllegalStateException("address of a buffer: its memory has been freed, expected an open arena");
        }
        return memory.address();
    }

    /// The same memory for code that wants a buffer, which is not to be used after the memory has been freed.
    public static ByteBuffer buffer(long address, int length) {
        return ALL.asSlice(address, length).asByteBuffer();
    }

    /// Copies between two places that may overlap.
    public static void copy(long source, long target, long length) {
        MemorySegment.copy(ALL, source, ALL, target, length);
    }
}
