package dev.sluice.codec;

import static dev.sluice.codec.CodecException.Problem.NO_ROOM;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Where encoded bytes go: a buffer, and what happens when it is full.
///
/// The buffer may be an array, memory outside of the heap, or a part of a shared ring. It is written in place,
/// from its position to its limit. Numbers are big endian. An output can be used again and again: encoding into
/// it allocates nothing as long as there is room.
///
/// Threads: one at a time.
public final class WireOutput {
    /// What happens when the buffer is full.
    @FunctionalInterface
    public interface Growth {
        /// Makes room.
        ///
        /// @param full what has been written, up to its position
        /// @param needed bytes that must be free behind it
        /// @return a buffer that begins with the same bytes, has the same position, and more room behind
        /// @throws CodecException if there shall be no more
        ByteBuffer grow(ByteBuffer full, int needed);
    }

    private ByteBuffer buffer;
    private final Growth growth;

    /// The encoding codec's own: what it must not exceed.
    CodecLimits limits = CodecLimits.defaults();

    /// The encoding codec's own: how much deeper it may go.
    int depth;

    /// The encoding codec's own: the position that it must not go beyond.
    private int end = Integer.MAX_VALUE;

    private WireOutput(ByteBuffer buffer, Growth growth) {
        this.buffer = buffer.order(ByteOrder.BIG_ENDIAN);
        this.growth = growth;
    }

    /// Writes into this buffer, which does not grow. Its position moves along, and its order becomes big
    /// endian.
    public static WireOutput to(ByteBuffer buffer) {
        return new WireOutput(buffer, WireOutput::refuse);
    }

    /// Writes into this buffer, as long as there is room, and then into what it becomes.
    public static WireOutput to(ByteBuffer buffer, Growth growth) {
        return new WireOutput(buffer, growth);
    }

    /// Writes into an array that doubles when it is full.
    ///
    /// @param first bytes to begin with, at least 1
    /// @param most bytes that it may hold
    public static WireOutput growing(int first, int most) {
        if (first < 1 || first > most) {
            throw new IllegalArgumentException("output: first=" + first + ", expected 1.." + most);
        }
        return new WireOutput(ByteBuffer.allocate(first), (full, needed) -> {
            long wanted = (long) full.position() + needed;
            if (wanted > most) {
                throw noRoom(most - full.position(), needed);
            }
            int size = (int) Math.min(most, Math.max(wanted, 2L * full.capacity()));
            return ByteBuffer.allocate(size).put(full.flip());
        });
    }

    private static ByteBuffer refuse(ByteBuffer full, int needed) {
        throw noRoom(full.remaining(), needed);
    }

    private static CodecException noRoom(int room, int needed) {
        return CodecException.of(NO_ROOM, "room=" + room, "at least " + needed + " bytes more");
    }

    /// Where the next byte goes: the position of the buffer.
    public int position() {
        return buffer.position();
    }

    /// Goes back (to take back what was written), or forward (to leave room, for a length that is known later).
    public void position(int position) {
        if (position > buffer.position()) {
            ensure(position - buffer.position());
        }
        buffer.position(position);
    }

    /// The buffer as it is now; growing replaces it. Up to its position it is what was written.
    public ByteBuffer buffer() {
        return buffer;
    }

    /// A copy of what was written, from the buffer's beginning.
    public byte[] toByteArray() {
        byte[] bytes = new byte[buffer.position()];
        buffer.get(0, bytes);
        return bytes;
    }

    /// Writes one byte.
    public void put(byte value) {
        ensure(1);
        buffer.put(value);
    }

    /// Writes all of them.
    public void put(byte[] bytes) {
        ensure(bytes.length);
        buffer.put(bytes);
    }

    /// Writes two bytes, the lower 16 bits.
    void putShort(int value) {
        ensure(2);
        buffer.putShort((short) value);
    }

    void putInt(int value) {
        ensure(4);
        buffer.putInt(value);
    }

    void putLong(long value) {
        ensure(8);
        buffer.putLong(value);
    }

    /// Makes sure that so many bytes can follow.
    ///
    /// @throws CodecException if they cannot
    public void ensure(int needed) {
        if (buffer.remaining() < needed) {
            grow(needed);
        }
    }

    private void grow(int needed) {
        int position = buffer.position();
        if (position + (long) needed > end) {
            throw tooLarge(position + (long) needed);
        }
        ByteBuffer larger = growth.grow(buffer, needed).order(ByteOrder.BIG_ENDIAN);
        if (larger.position() != position || larger.remaining() < needed) {
            throw new IllegalStateException("grow output: returned=" + larger + ", expected position=" + position
                    + " and at least " + needed + " bytes behind");
        }
        buffer = larger;
    }

    /// Replaces one byte that was written.
    void set(int position, int value) {
        assert position < buffer.position() : position + " of " + buffer;
        buffer.put(position, (byte) value);
    }

    /// Takes one byte out, and what follows closes up.
    void remove(int position) {
        int behind = buffer.position() - position - 1;
        buffer.put(position, buffer, position + 1, behind);
        buffer.position(position + behind);
    }

    /// A codec begins to encode one value.
    void begin(CodecLimits limits) {
        this.limits = limits;
        depth = limits.depth();
        end = (int) Math.min(Integer.MAX_VALUE, (long) buffer.position() + limits.bytes());
    }

    /// It has ended, well or not.
    void done() {
        end = Integer.MAX_VALUE;
    }

    /// Checks the size of what was written since [#begin].
    void requireSize() {
        if (buffer.position() > end) {
            throw tooLarge(buffer.position());
        }
    }

    private CodecException tooLarge(long reached) {
        int start = end - limits.bytes();
        return CodecException.limit("bytes", reached - start, limits.bytes());
    }

    /// One level deeper; [#leave] when done.
    void enter() {
        if (--depth < 0) {
            throw CodecException.limit("depth", limits.depth() + 1L, limits.depth());
        }
    }

    void leave() {
        depth++;
    }
}
