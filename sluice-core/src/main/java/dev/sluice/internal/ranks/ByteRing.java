package dev.sluice.internal.ranks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Messages from one rank to another, in parts, through a ring of bytes.
///
///     0      8       128    136     256
///     | tail | (pad) | head | (pad) | records …
///
///     a record:  0       4     8       12        16      24       32
///                | bytes | tag | epoch | message | total | offset | payload, up to a multiple of 32
///
/// `bytes` are those of the payload, `total` those of the message, whose payloads follow each other from
/// `offset` 0 on; `message` numbers the messages of the ring. A record does not go around the end of the ring:
/// one that would is made of two. `tail` counts the bytes that were written, `head` those that were released,
/// since the ring was made: each is written by one rank.
///
/// Invariants: `head <= tail <= head + capacity`, both multiples of 32; between them there are whole records. A
/// message of up to a quarter of the ring is there as a whole, or not at all.
///
/// Threads: one writer and one reader, each with an object of its own or the same; [#hasRoom] and [#ready] any
/// while they wait.
public final class ByteRing {
    /// The bytes of a ring before its records.
    public static final int HEADER_BYTES = 256;

    /// The least and the most that its records may take.
    public static final int LEAST = 4 << 10;

    /// See [#LEAST].
    public static final int MOST = 1 << 24;

    private static final int USUAL = 256 << 10;
    private static final int ALL = 16 << 20;

    private static final int TAIL = 0;
    private static final int HEAD = 128;

    private static final int BYTES = 0;
    private static final int TAG = 4;
    private static final int EPOCH = 8;
    private static final int MESSAGE = 12;
    private static final int TOTAL = 16;
    private static final int OFFSET = 24;
    private static final int RECORD = 32;

    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    static {
        assert OFFSET + Long.BYTES == RECORD && HEADER_BYTES % RECORD == 0 : RECORD;
    }

    private final ByteBuffer memory;
    private final int capacity;

    // The writer only.
    private final ByteBuffer writing;
    private long tail;
    private long headSeen;

    // The reader only.
    private final ByteBuffer reading;
    private long head;
    private long tailSeen;

    /// What a message is read from.
    @FunctionalInterface
    public interface Source {
        /// Fills a part of the ring.
        ///
        /// @param target whose remaining bytes are written, from `offset` of the message on
        void fill(ByteBuffer target, long offset);
    }

    /// @param memory [#HEADER_BYTES] and the records, outside of the heap
    public ByteRing(ByteBuffer memory) {
        this.memory = memory.order(ByteOrder.nativeOrder());
        this.capacity = memory.capacity() - HEADER_BYTES;
        assert memory.isDirect() && capacity >= LEAST && capacity % RECORD == 0 : memory;
        this.writing = memory.duplicate().order(ByteOrder.nativeOrder());
        this.reading = memory.duplicate().order(ByteOrder.nativeOrder());
    }

    /// How much each ring of a group holds: as much as keeps all of them within 16 MiB, a power of two.
    public static int bytesFor(int size) {
        return Math.clamp(Integer.highestOneBit(ALL / (size * size)), LEAST, USUAL);
    }

    private static int recordBytes(int payload) {
        return RECORD + (payload + RECORD - 1) / RECORD * RECORD;
    }

    private int index(long position) {
        return HEADER_BYTES + (int) (position % capacity);
    }

    /// The longest message that is there as a whole or not at all.
    public int wholeBytes() {
        return capacity / 4;
    }

    // ---- writing

    /// Whether the next part of a message would find room.
    ///
    /// @param left how many of its bytes are to be written
    public boolean hasRoom(long left) {
        long free = capacity - (tail - (long) LONG.getAcquire(memory, HEAD)); // pairs with the release in release
        return free >= needed(left);
    }

    private int needed(long left) {
        return recordBytes((int) Math.min(left, wholeBytes())) + RECORD; // it may be cut once, at the end
    }

    /// What is the same in all records of a message.
    ///
    /// @param message a number that the message before did not have
    /// @param total its bytes
    public record Heading(int tag, int epoch, int message, long total) {}

    /// Writes the next part of a message: all of it, or a quarter of the ring.
    ///
    /// @param from what was written of it before
    /// @return what is written of it now; -1 if there is no room
    public long write(Heading heading, long from, Source source) {
        long left = heading.total - from;
        if (capacity - (tail - headSeen) < needed(left)) {
            headSeen = (long) LONG.getAcquire(memory, HEAD); // pairs with the release in release
            if (capacity - (tail - headSeen) < needed(left)) {
                return -1;
            }
        }
        long position = from;
        long until = from + Math.min(left, wholeBytes());
        do {
            int at = index(tail);
            int payload = (int) Math.min(until - position, HEADER_BYTES + capacity - at - RECORD);
            writing.clear();
            writing.putInt(at + BYTES, payload)
                    .putInt(at + TAG, heading.tag)
                    .putInt(at + EPOCH, heading.epoch)
                    .putInt(at + MESSAGE, heading.message)
                    .putLong(at + TOTAL, heading.total)
                    .putLong(at + OFFSET, position);
            writing.limit(at + RECORD + payload).position(at + RECORD);
            source.fill(writing, position);
            assert !writing.hasRemaining() : "source left " + writing;
            tail += recordBytes(payload);
            position += payload;
        } while (position < until);
        // Volatile: releases the records, pairs with the acquire in ready; and who wakes the reader looks
        // whether it waits behind it.
        LONG.setVolatile(memory, TAIL, tail);
        return position;
    }

    // ---- reading

    /// Whether there is a record.
    public boolean ready() {
        return tailSeen != head || (long) LONG.getAcquire(memory, TAIL) != head; // pairs with setVolatile in write
    }

    /// Goes to the next record, if there is one; what follows is about it, until [#release].
    ///
    /// @throws IllegalStateException if somebody wrote nonsense
    public boolean next() {
        if (tailSeen == head) {
            tailSeen = (long) LONG.getAcquire(memory, TAIL); // pairs with the setVolatile in write
            if (tailSeen == head) {
                return false;
            }
        }
        int payload = bytes();
        long until = offset() + payload;
        if (tailSeen - head > capacity
                || payload < 0
                || payload > capacity
                || recordBytes(payload) > tailSeen - head
                || offset() < 0
                || until > total()) {
            throw new IllegalStateException("message of a rank: bytes=" + payload + " at " + offset() + " of " + total()
                    + ", expected what is in the ring: it is damaged");
        }
        return true;
    }

    private int bytes() {
        return reading.getInt(index(head) + BYTES);
    }

    /// What the message is about.
    public int tag() {
        return reading.getInt(index(head) + TAG);
    }

    /// When it was sent.
    public int epoch() {
        return reading.getInt(index(head) + EPOCH);
    }

    /// Which message it is.
    public int message() {
        return reading.getInt(index(head) + MESSAGE);
    }

    /// How many bytes the message has.
    public long total() {
        return reading.getLong(index(head) + TOTAL);
    }

    /// Where in the message the payload belongs.
    public long offset() {
        return reading.getLong(index(head) + OFFSET);
    }

    /// The payload: the remaining bytes, until [#release].
    public ByteBuffer payload() {
        int at = index(head) + RECORD;
        return reading.limit(at + bytes()).position(at);
    }

    /// Gives the room of the record back.
    public void release() {
        reading.clear();
        head += recordBytes(bytes());
        // Volatile: releases the room, pairs with the acquire in write; and who wakes the writer looks whether
        // it waits behind it.
        LONG.setVolatile(memory, HEAD, head);
    }
}
