package dev.sluice.internal.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A file in memory that other processes see too, by offsets.
///
/// Each access is checked: outside of the mapping it throws `IndexOutOfBoundsException`, after [#close]
/// `IllegalStateException`; so no offset read from the file can lead elsewhere. The file must be backed by
/// memory as a whole ([Files#allocate]): a compare-and-set on a page that cannot be had ends the JVM.
///
/// Offsets of words are aligned to their size.
///
/// Threads: any.
public final class SharedMapping implements AutoCloseable {
    private static final long MOST_ERRNO = 4096;
    private static final VarHandle INT = JAVA_INT.varHandle();
    private static final VarHandle LONG = JAVA_LONG.varHandle();

    private final Arena arena;
    private final MemorySegment segment;

    private SharedMapping(Arena arena, MemorySegment segment) {
        this.arena = arena;
        this.segment = segment;
    }

    /// Maps the first `bytes` of a file, which may be closed afterwards.
    ///
    /// @param subject for messages
    /// @throws IOException if the kernel refuses, or has no memory for a page
    @SuppressWarnings({"restricted", "MustBeClosedChecker"}) // close() closes the arena
    public static SharedMapping map(CallState state, int fd, long bytes, String subject) throws IOException {
        long address = Mman.mmap(state, bytes, Mman.MAP_SHARED, fd, 0);
        if (address < 0 && address > -MOST_ERRNO) {
            throw Errno.exception("mmap", subject, address);
        }
        int populated = Mman.populate(state, address, bytes);
        if (populated < 0 && populated != -Errno.EINVAL) { // which an old kernel says: Files.allocate must do
            Mman.munmap(state, address, bytes);
            throw Errno.exception("madvise", subject, populated);
        }
        Arena arena = Arena.ofShared();
        MemorySegment segment = MemorySegment.ofAddress(address)
                .reinterpret(bytes, arena, mapped -> Mman.munmap(new CallState(), mapped.address(), bytes));
        return new SharedMapping(arena, segment);
    }

    /// How many bytes are mapped.
    public long bytes() {
        return segment.byteSize();
    }

    /// Where an offset is in this process, for the kernel.
    public long address(long offset) {
        assert offset >= 0 && offset < segment.byteSize() : "address: offset=" + offset;
        return segment.address() + offset;
    }

    public byte getByte(long offset) {
        return segment.get(JAVA_BYTE, offset);
    }

    public void putByte(long offset, byte value) {
        segment.set(JAVA_BYTE, offset, value);
    }

    public int getInt(long offset) {
        return segment.get(JAVA_INT, offset);
    }

    public void putInt(long offset, int value) {
        segment.set(JAVA_INT, offset, value);
    }

    public long getLong(long offset) {
        return segment.get(JAVA_LONG, offset);
    }

    public void putLong(long offset, long value) {
        segment.set(JAVA_LONG, offset, value);
    }

    /// As `VarHandle.getVolatile`; the caller says what it pairs with.
    public int getIntVolatile(long offset) {
        return (int) INT.getVolatile(segment, offset); // pairs with what the caller names
    }

    /// As `VarHandle.compareAndSet`; the caller says what it pairs with.
    public boolean compareAndSetInt(long offset, int expected, int value) {
        return INT.compareAndSet(segment, offset, expected, value); // pairs with what the caller names
    }

    /// As `VarHandle.getAcquire`; the caller says what it pairs with.
    public long getLongAcquire(long offset) {
        return (long) LONG.getAcquire(segment, offset); // pairs with what the caller names
    }

    /// As `VarHandle.getOpaque`: a hint.
    public long getLongOpaque(long offset) {
        return (long) LONG.getOpaque(segment, offset); // pairs with what the caller names
    }

    /// As `VarHandle.getVolatile`; the caller says what it pairs with.
    public long getLongVolatile(long offset) {
        return (long) LONG.getVolatile(segment, offset); // pairs with what the caller names
    }

    /// As `VarHandle.setVolatile`; the caller says what it pairs with.
    public void putLongVolatile(long offset, long value) {
        LONG.setVolatile(segment, offset, value); // pairs with what the caller names
    }

    /// As `VarHandle.compareAndSet`; the caller says what it pairs with.
    public boolean compareAndSetLong(long offset, long expected, long value) {
        return LONG.compareAndSet(segment, offset, expected, value); // pairs with what the caller names
    }

    /// As `VarHandle.getAndAdd`; the caller says what it pairs with.
    public long getAndAddLong(long offset, long delta) {
        return (long) LONG.getAndAdd(segment, offset, delta); // pairs with what the caller names
    }

    /// Copies into the file.
    public void write(byte[] source, int from, long offset, int length) {
        MemorySegment.copy(source, from, segment, JAVA_BYTE, offset, length);
    }

    /// Copies out of the file.
    public void read(long offset, byte[] target, int to, int length) {
        MemorySegment.copy(segment, JAVA_BYTE, offset, target, to, length);
    }

    /// A part of the file as a buffer in the byte order of the machine, which ends with the mapping.
    public ByteBuffer buffer(long offset, int length) {
        return segment.asSlice(offset, length).asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /// Gives the mapping back. Who accesses it from now on gets an `IllegalStateException`.
    @Override
    public void close() {
        arena.close();
    }
}
