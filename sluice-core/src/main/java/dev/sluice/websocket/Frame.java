package dev.sluice.websocket;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The bytes of a frame (RFC 6455, 5.2), in network order.
///
///       bits 0   1-3   4-7      8     9-15
///     | FIN | RSV | opcode | MASK | length | length, if that is 126: 16 bits; 127: 64 | mask, if there: 32 | …
final class Frame {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    static final int FIN_BIT = 0x80;
    static final int RSV_BITS = 0x70;
    static final int OPCODE_BITS = 0x0f;
    static final int MASK_BIT = 0x80;
    static final int LENGTH_BITS = 0x7f;

    static final int SHORT_LENGTH = 126;
    static final int LONG_LENGTH = 127;
    static final int MOST_SHORT = 0xffff;
    static final int MOST_CONTROL_BYTES = 125;
    static final int MASK_BYTES = 4;
    static final int MOST_HEADER_BYTES = 14;

    static {
        assert MOST_HEADER_BYTES == 2 + Long.BYTES + MASK_BYTES;
    }

    private Frame() {}

    static boolean isControl(int opcode) {
        return opcode >= CLOSE;
    }

    /// A whole frame, ready to be written.
    ///
    /// @param mask 0: none
    static ByteBuffer of(int opcode, byte[] content, int mask) {
        int length = content.length;
        ByteBuffer frame = ByteBuffer.allocate(MOST_HEADER_BYTES + length);
        frame.put((byte) (FIN_BIT | opcode));
        int maskBit = mask == 0 ? 0 : MASK_BIT;
        if (length < SHORT_LENGTH) {
            frame.put((byte) (maskBit | length));
        } else if (length <= MOST_SHORT) {
            frame.put((byte) (maskBit | SHORT_LENGTH)).putShort((short) length);
        } else {
            frame.put((byte) (maskBit | LONG_LENGTH)).putLong(length);
        }
        if (mask != 0) {
            frame.putInt(mask);
        }
        int start = frame.position();
        frame.put(content);
        if (mask != 0) {
            mask(frame.array(), start, frame.position(), mask, 0);
        }
        return frame.flip();
    }

    /// Masks bytes, or takes the mask off.
    ///
    /// @param offset how many bytes of the frame's content are before them
    static void mask(byte[] bytes, int from, int to, int mask, long offset) {
        for (int i = from; i < to; i++) {
            int shift = 24 - 8 * (int) ((offset + i - from) & (MASK_BYTES - 1));
            bytes[i] ^= (byte) (mask >>> shift);
        }
    }

    /// What a goodbye says: nothing, if that is its code.
    static byte[] goodbye(int code, String reason) {
        if (code == WebSocket.Goodbye.NOTHING_SAID) {
            return new byte[0];
        }
        byte[] words = reason.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(2 + words.length)
                .putShort((short) code)
                .put(words)
                .array();
    }

    /// Whether a peer may say that code in a close (RFC 6455, 7.4; the registry of IANA).
    static boolean mayBeSaid(int code) {
        return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006)
                || (code >= 3000 && code <= 4999);
    }
}
