package dev.sluice.layer;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/// The payload, and a delimiter that it does not contain.
///
///     | payload … | delimiter |
///
/// Lines are those of a line feed, where a carriage return before it, if one comes, is a part of the delimiter,
/// and the end of the stream is one as well.
final class Delimited implements FrameFormat {
    private static final int DEFAULT_LIMIT = 1 << 16;

    private final byte[] delimiter;
    private final boolean ofLines;
    private final int limit;

    private Delimited(byte[] delimiter, boolean ofLines, int limit) {
        this.delimiter = delimiter;
        this.ofLines = ofLines;
        this.limit = FrameFormat.requireLimit(name(delimiter, ofLines), limit, MOST);
    }

    static Delimited lines() {
        return new Delimited(new byte[] {'\n'}, true, DEFAULT_LIMIT);
    }

    static Delimited by(byte[] delimiter) {
        if (delimiter.length == 0) {
            throw new IllegalArgumentException("framing by a delimiter: bytes=0, expected 1 or more");
        }
        return new Delimited(delimiter.clone(), false, DEFAULT_LIMIT);
    }

    private static String name(byte[] delimiter, boolean ofLines) {
        return ofLines ? "lines" : "delimiter 0x" + HexFormat.of().formatHex(delimiter);
    }

    @Override
    public String name() {
        return name(delimiter, ofLines);
    }

    @Override
    public Delimited withLimit(int bytes) {
        return new Delimited(delimiter, ofLines, bytes);
    }

    @Override
    public int limit() {
        return limit;
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
    public int trailerLength() {
        return delimiter.length;
    }

    @Override
    public void putTrailer(ByteBuffer out) {
        out.put(delimiter);
    }

    @Override
    public boolean endsWithStream() {
        return ofLines;
    }

    /// The payload's end must not begin a delimiter that the trailer would complete too early, as `a` does
    /// before `aab`: so the first one in payload and trailer together has to be the trailer.
    @Override
    public void check(ByteBuffer bytes, int from, int to) {
        for (int at = from; at < to; at++) {
            if (bytes.get(at) == delimiter[0] && matches(bytes, at, to)) {
                throw new IllegalArgumentException("send " + name() + ": found the delimiter at byte=" + (at - from)
                        + ", expected a payload without it");
            }
        }
    }

    private boolean matches(ByteBuffer bytes, int at, int to) {
        for (int i = 1; i < delimiter.length; i++) {
            int place = at + i;
            byte next = place < to ? bytes.get(place) : delimiter[place - to];
            if (next != delimiter[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean find(byte[] bytes, int start, int end, Cut cut) {
        int last = end - delimiter.length;
        for (int at = start + cut.searched; at <= last; at++) {
            if (bytes[at] == delimiter[0] && isAt(bytes, at)) {
                return found(bytes, start, at, cut);
            }
        }
        cut.searched = Math.max(0, last + 1 - start);
        // A carriage return may be the end of the payload, or not belong to it.
        int payload = cut.searched - (ofLines && cut.searched > 0 && bytes[last] == '\r' ? 1 : 0);
        return payload > limit && cut.tooLarge("length so far", payload);
    }

    private boolean found(byte[] bytes, int start, int at, Cut cut) {
        int end = ofLines && at > start && bytes[at - 1] == '\r' ? at - 1 : at;
        if (end - start > limit) {
            return cut.tooLarge("length", end - start);
        }
        return cut.found(start, end, at + delimiter.length);
    }

    private boolean isAt(byte[] bytes, int at) {
        return Arrays.equals(bytes, at, at + delimiter.length, delimiter, 0, delimiter.length);
    }

    @Override
    public String toString() {
        return name();
    }
}
