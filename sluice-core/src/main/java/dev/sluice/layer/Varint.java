package dev.sluice.layer;

import java.nio.ByteBuffer;

/// A number of 1 to 5 bytes, and as many bytes as it says.
///
///     | 1xxxxxxx | 1xxxxxxx | 0xxxxxxx | payload … |      the lowest 7 bits first
record Varint(int limit) implements FrameFormat {
    private static final int MOST_BYTES = 5;
    private static final int BITS = 7;
    private static final int MORE = 0x80;

    Varint {
        FrameFormat.requireLimit("varint", limit, MOST);
    }

    @Override
    public String name() {
        return "varint";
    }

    @Override
    public Varint withLimit(int bytes) {
        return new Varint(bytes);
    }

    @Override
    public int headerLimit() {
        return headerLength(limit);
    }

    @Override
    public int headerLength(int payload) {
        int bytes = 1;
        for (int rest = payload >>> BITS; rest != 0; rest >>>= BITS) {
            bytes++;
        }
        return bytes;
    }

    @Override
    public void putHeader(int payload, ByteBuffer out) {
        int rest = payload;
        while (rest >= MORE) {
            out.put((byte) (rest | MORE));
            rest >>>= BITS;
        }
        out.put((byte) rest);
    }

    @Override
    public boolean find(byte[] bytes, int start, int end, Cut cut) {
        long length = 0;
        for (int i = 0; i < MOST_BYTES; i++) {
            if (start + i == end) {
                return false;
            }
            byte next = bytes[start + i];
            length |= (next & 0x7fL) << BITS * i;
            if (next >= 0) {
                if (length > limit) {
                    return cut.tooLarge("length", length);
                }
                return cut.payload(start + i + 1, (int) length, 0, end);
            }
        }
        return cut.malformed("varint of more than " + MOST_BYTES + " bytes", "a length");
    }
}
