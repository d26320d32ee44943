package dev.sluice.layer;

import java.nio.ByteBuffer;

/// Payloads of the same length: neither header nor trailer.
record Fixed(int length) implements FrameFormat {
    Fixed {
        FrameFormat.requireLimit("fixed", length, MOST);
    }

    @Override
    public String name() {
        return "fixed " + length;
    }

    @Override
    public Fixed withLimit(int bytes) {
        if (bytes < length) {
            throw new IllegalArgumentException(
                    "framing " + name() + ": limit=" + bytes + ", expected " + length + " or more");
        }
        return this;
    }

    @Override
    public int limit() {
        return length;
    }

    @Override
    public int headerLimit() {
        return 0;
    }

    @Override
    public int headerLength(int payload) {
        return 0;
    }

    @Override
    public void putHeader(int payload, ByteBuffer out) {}

    @Override
    public void check(ByteBuffer bytes, int from, int to) {
        if (to - from != length) {
            throw new IllegalArgumentException("send " + name() + ": length=" + (to - from) + ", expected " + length);
        }
    }

    @Override
    public boolean find(byte[] bytes, int start, int end, Cut cut) {
        return cut.payload(start, length, 0, end);
    }
}
