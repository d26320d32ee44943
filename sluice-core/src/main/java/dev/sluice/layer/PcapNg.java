package dev.sluice.layer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.time.Instant;

/// Blocks of a pcapng file (draft-ietf-opsawg-pcapng), big endian, made in a buffer that is used again.
///
///     0      4        8                     length - 4
///     | type | length | body, padded to 4 … | length |
///
///     section         magic 4, version 2 + 2, section length 8
///     interface       link type 2, reserved 2, snapshot length 4, options
///     packet          interface 4, time 8, captured 4, original 4, bytes padded to 4, options
///     option          code 2, length 2, value padded to 4
///
/// Threads: one at a time.
final class PcapNg {
    private static final int SECTION = 0x0A0D0D0A;
    private static final int MAGIC = 0x1A2B3C4D;
    private static final int INTERFACE = 1;
    private static final int PACKET = 6;
    private static final short LINK_RAW_IP = 101;
    private static final short OPTION_END = 0;
    private static final short OPTION_COMMENT = 1;
    private static final short OPTION_NAME = 2; // of an interface
    private static final short OPTION_RESOLUTION = 9; // of an interface: a negative power of ten
    private static final byte NANOSECONDS = 9;
    private static final long BILLION = 1_000_000_000L;

    private final ByteBuffer block = ByteBuffer.allocate(TcpStream.MOST_SEGMENT_BYTES + 4096);

    ByteBuffer section() {
        begin(SECTION);
        block.putInt(MAGIC).putShort((short) 1).putShort((short) 0).putLong(-1); // of unknown length
        return end();
    }

    ByteBuffer networkInterface(String name) {
        begin(INTERFACE);
        block.putShort(LINK_RAW_IP).putShort((short) 0).putInt(0); // nothing is cut off
        option(OPTION_NAME, name.getBytes(UTF_8));
        option(OPTION_RESOLUTION, new byte[] {NANOSECONDS});
        block.putInt(OPTION_END);
        return end();
    }

    /// @param comment for people; empty for none
    ByteBuffer packet(int networkInterface, Instant time, ByteBuffer bytes, String comment) {
        long nanos = time.getEpochSecond() * BILLION + time.getNano();
        begin(PACKET);
        block.putInt(networkInterface).putInt((int) (nanos >>> 32)).putInt((int) nanos);
        block.putInt(bytes.remaining()).putInt(bytes.remaining());
        block.put(bytes);
        pad();
        if (!comment.isEmpty()) {
            option(OPTION_COMMENT, comment.getBytes(UTF_8));
            block.putInt(OPTION_END);
        }
        return end();
    }

    private void begin(int type) {
        block.clear();
        block.putInt(type).putInt(0); // the length is known at the end
    }

    private ByteBuffer end() {
        int length = block.position() + Integer.BYTES;
        assert length % Integer.BYTES == 0 : length;
        block.putInt(length).putInt(Integer.BYTES, length);
        return block.flip();
    }

    private void option(short code, byte[] value) {
        int length = Math.min(value.length, 1000);
        block.putShort(code).putShort((short) length).put(value, 0, length);
        pad();
    }

    private void pad() {
        while (block.position() % Integer.BYTES != 0) {
            block.put((byte) 0);
        }
    }
}
