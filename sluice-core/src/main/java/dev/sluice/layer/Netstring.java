package dev.sluice.layer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// A length in decimal digits, and as many bytes, with separators.
///
///     | 1 2 | : | payload … | , |
///
/// The length has no leading zeros, and not more digits than the limit has.
record Netstring(int limit) implements FrameFormat {
    Netstring {
        FrameFormat.requireLimit("netstring", limit, MOST);
    }

    @Override
    public String name() {
        return "netstring";
    }

    @Override
    public Netstring withLimit(int bytes) {
        return new Netstring(bytes);
    }

    @Override
    public int headerLimit() {
        return headerLength(limit);
    }

    @Override
    public int headerLength(int payload) {
        int digits = 1;
        for (int rest = payload / 10; rest != 0; rest /= 10) {
            digits++;
        }
        return digits + 1;
    }

    @Override
    public void putHeader(int payload, ByteBuffer out) {
        out.put((payload + ":").getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public int trailerLength() {
        return 1;
    }

    @Override
    public void putTrailer(ByteBuffer out) {
        out.put((byte) ',');
    }

    @Override
    public boolean find(byte[] bytes, int start, int end, Cut cut) {
        long length = 0;
        for (int at = start; at < end; at++) {
            byte next = bytes[at];
            if (next == ':' && at > start) {
                return payload(bytes, at + 1, (int) length, end, cut);
            }
            if (next < '0' || next > '9' || (at > start && length == 0)) {
                return cut.malformed(describe(next), at == start ? "a digit" : "a digit or ':', no leading zero");
            }
            length = 10 * length + next - '0';
            if (length > limit) {
                return cut.tooLarge("length so far", length);
            }
        }
        return false;
    }

    private static boolean payload(byte[] bytes, int from, int length, int end, Cut cut) {
        if (end - from > length && bytes[from + length] != ',') {
            return cut.malformed(describe(bytes[from + length]), "',' behind the payload");
        }
        return cut.payload(from, length, 1, end);
    }

    private static String describe(byte found) {
        return String.format("found=0x%02x", found);
    }
}
