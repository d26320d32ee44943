package dev.sluice.internal.shm;

import static dev.sluice.internal.shm.SharedFileException.Problem.DAMAGED;
import static dev.sluice.internal.shm.SharedFileException.Problem.MISMATCH;
import static dev.sluice.internal.shm.SharedFileException.Problem.VERSION;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32C;

/// The first 128 bytes of a shared file, written once before anybody sees it.
///
///     0       8       10      12            16     20         24           32             40           44
///     | magic | major | minor | headerBytes | kind | required | totalBytes | participants | entryBytes | …
///     48    56    64    72    80       96             104          112        120    124   128
///     | p0  | p1  | p2  | p3  | bootId | createdNanos | creatorPid | reserved | crc  | …   |
///
/// All little endian: the file is never read on another machine, but a damaged one may be. `p0`…`p3` are the
/// limits of the object, by which its layout behind the participants is computed. `crc` is the CRC-32C of the
/// bytes 0 to 120.
///
/// @param kind what the object is, see [Kind]
/// @param totalBytes the size of the file
/// @param participants how many may use it at once
/// @param limits `p0`…`p3`
record FileHeader(Kind kind, long totalBytes, int participants, Limits limits) {
    static final int BYTES = 128;

    static final long MAGIC = 0x4d53_6563_696c_5321L; // "!SliceSM"
    static final short MAJOR = 1;
    static final short MINOR = 0;

    private static final int OFFSET_MAJOR = 8;
    private static final int OFFSET_MINOR = 10;
    private static final int OFFSET_HEADER_BYTES = 12;
    private static final int OFFSET_KIND = 16;
    private static final int OFFSET_REQUIRED = 20;
    private static final int OFFSET_TOTAL = 24;
    private static final int OFFSET_PARTICIPANTS = 32;
    private static final int OFFSET_ENTRY_BYTES = 40;
    private static final int OFFSET_LIMITS = 48;
    private static final int OFFSET_BOOT = 80;
    private static final int OFFSET_CREATED = 96;
    private static final int OFFSET_PID = 104;
    private static final int OFFSET_CRC = 120;

    static {
        assert OFFSET_LIMITS + 4 * Long.BYTES == OFFSET_BOOT && OFFSET_BOOT + 16 == OFFSET_CREATED;
    }

    /// The kinds of objects, by the number in their files, which never changes.
    enum Kind {
        QUEUE(1),
        PIPE(2),
        TOPIC(3),
        NAMESPACE(4),
        VALUE(5),
        ARRAY(6),
        LOCK(7),
        SEMAPHORE(8),
        EVENT(9),
        BARRIER(10),
        CONDITION(11),
        COUNTER(12),
        READ_WRITE_LOCK(13),
        RANKS(14);

        final int number;

        Kind(int number) {
            this.number = number;
        }
    }

    /// The numbers that a kind of object computes its layout from.
    record Limits(long p0, long p1, long p2, long p3) {}

    /// The header's bytes.
    byte[] encode(Identity creator, long nowNanos) {
        ByteBuffer to = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        to.putLong(0, MAGIC)
                .putShort(OFFSET_MAJOR, MAJOR)
                .putShort(OFFSET_MINOR, MINOR)
                .putInt(OFFSET_HEADER_BYTES, BYTES)
                .putInt(OFFSET_KIND, kind.number)
                .putInt(OFFSET_REQUIRED, 0)
                .putLong(OFFSET_TOTAL, totalBytes)
                .putLong(OFFSET_PARTICIPANTS, participants)
                .putLong(OFFSET_ENTRY_BYTES, Participants.ENTRY_BYTES)
                .putLong(OFFSET_LIMITS, limits.p0)
                .putLong(OFFSET_LIMITS + 8, limits.p1)
                .putLong(OFFSET_LIMITS + 16, limits.p2)
                .putLong(OFFSET_LIMITS + 24, limits.p3)
                .putLong(OFFSET_BOOT, creator.boot().getMostSignificantBits())
                .putLong(OFFSET_BOOT + 8, creator.boot().getLeastSignificantBits())
                .putLong(OFFSET_CREATED, nowNanos)
                .putInt(OFFSET_PID, creator.pid())
                .putInt(OFFSET_CRC, crc(to.array()));
        return to.array();
    }

    /// Reads a header.
    ///
    /// @param bytes the first [#BYTES] of a file
    /// @param path for messages
    /// @throws SharedFileException if this is not one, or none of this version and boot
    static FileHeader decode(byte[] bytes, String path, Identity reader) throws SharedFileException {
        ByteBuffer from = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (from.getLong(0) != MAGIC) {
            throw new SharedFileException(
                    DAMAGED, "open %s: magic=%x, expected %x".formatted(path, from.getLong(0), MAGIC));
        }
        if (from.getShort(OFFSET_MAJOR) != MAJOR || from.getInt(OFFSET_REQUIRED) != 0) {
            throw new SharedFileException(
                    VERSION,
                    "open %s: layout version=%d with features=%x, expected version %d with none"
                            .formatted(path, from.getShort(OFFSET_MAJOR), from.getInt(OFFSET_REQUIRED), MAJOR));
        }
        if (from.getInt(OFFSET_CRC) != crc(bytes)) {
            throw new SharedFileException(
                    DAMAGED, "open %s: checksum=%x, expected %x".formatted(path, from.getInt(OFFSET_CRC), crc(bytes)));
        }
        UUID boot = new UUID(from.getLong(OFFSET_BOOT), from.getLong(OFFSET_BOOT + 8));
        if (!boot.equals(reader.boot())) {
            throw new SharedFileException(
                    DAMAGED,
                    "open " + path + ": boot=" + boot + ", expected " + reader.boot()
                            + ": it is left from before the machine started, remove it");
        }
        long participants = from.getLong(OFFSET_PARTICIPANTS);
        if (from.getInt(OFFSET_HEADER_BYTES) != BYTES
                || from.getLong(OFFSET_ENTRY_BYTES) != Participants.ENTRY_BYTES
                || participants < 1
                || participants > Participants.MOST) {
            throw new SharedFileException(DAMAGED, "open " + path + ": participants=" + participants);
        }
        var limits = new Limits(
                from.getLong(OFFSET_LIMITS),
                from.getLong(OFFSET_LIMITS + 8),
                from.getLong(OFFSET_LIMITS + 16),
                from.getLong(OFFSET_LIMITS + 24));
        return new FileHeader(
                kind(from.getInt(OFFSET_KIND), path), from.getLong(OFFSET_TOTAL), (int) participants, limits);
    }

    private static Kind kind(int number, String path) throws SharedFileException {
        for (Kind kind : Kind.values()) {
            if (kind.number == number) {
                return kind;
            }
        }
        throw new SharedFileException(VERSION, "open " + path + ": kind=" + number + ", expected one that is known");
    }

    /// Checks what the opener wants against what there is.
    void require(Kind wanted, String path) throws SharedFileException {
        if (kind != wanted) {
            throw new SharedFileException(MISMATCH, "open " + path + ": kind=" + kind + ", expected " + wanted);
        }
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, OFFSET_CRC);
        return (int) crc.getValue();
    }
}
