package dev.sluice.layer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A number, and as many bytes as it says.
///
///     0       width
///     | length | payload … |
record LengthPrefix(int width, boolean bigEndian, int limit) implements FrameFormat {
    static final int DEFAULT_LIMIT = 1 << 20;

    LengthPrefix {
        FrameFormat.requireLimit(name(width, bigEndian), limit, most(width));
    }

    static LengthPrefix of(int width, ByteOrder order) {
        if (width != 1 && width != 2 && width != 4) {
            throw new IllegalArgumentException("length prefix: bytes=" + width + ", expected 1, 2 or 4");
        }
        return new LengthPrefix(width, order == ByteOrder.BIG_ENDIAN, Math.min(DEFAULT_LIMIT, most(width)));
    }

    private static int most(int width) {
        return width == 4 ? MOST : (1 << 8 * width) - 1;
    }

    private static String name(int width, boolean bigEndian) {
        return "length " + width + (width == 1 ? " byte" : " bytes") + (bigEndian ? "" : " little endian");
    }

    @Override
    public String name() {
        return name(width, bigEndian);
    }

    @Override
    public LengthPrefix withLimit(int bytes) {
        return new LengthPrefix(width, bigEndian, bytes);
    }

    @Override
    public int headerLimit() {
        return width;
    }

    @Override
    public int headerLength(int payload) {
        return width;
    }

    @Override
    public void putHeader(int payload, ByteBuffer out) {
        for (int i = 0; i < width; i++) {
            out.put((byte) (payload >>> shift(i)));
        }
    }

    @Override
    public boolean find(byte[] bytes, int start, int end, Cut cut) {
        if (end - start < width) {
            return false;
        }
        long length = 0;
        for (int i = 0; i < width; i++) {
            length |= (bytes[start + i] & 0xffL) << shift(i);
        }
        if (length > limit) {
            return cut.tooLarge("length", length);
        }
        return cut.payload(start + width, (int) length, 0, end);
    }

    private int shift(int index) {
        return 8 * (bigEndian ? width - 1 - index : index);
    }
}
