package dev.sluice.codec;

import static dev.sluice.codec.CborWriter.ARRAY;
import static dev.sluice.codec.CborWriter.BREAK;
import static dev.sluice.codec.CborWriter.BYTES;
import static dev.sluice.codec.CborWriter.MAP;
import static dev.sluice.codec.CborWriter.NEGATIVE;
import static dev.sluice.codec.CborWriter.SIMPLE;
import static dev.sluice.codec.CborWriter.TAG;
import static dev.sluice.codec.CborWriter.TEXT;
import static dev.sluice.codec.CborWriter.UNSIGNED;
import static dev.sluice.codec.CodecException.Problem.MALFORMED;
import static dev.sluice.codec.CodecException.Problem.UNEXPECTED;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/// Reads CBOR items, one after the other, and refuses what is malformed, beyond a limit or not what was
/// expected.
///
/// It is lenient in form (any length of head, indefinite lengths, leading zeros of big numbers) and strict in
/// meaning. Each byte is judged after it was copied: others may be able to write to the memory.
final class CborReader {
    /// The count of an array or map whose end is a break.
    static final int INDEFINITE = -1;

    private static final int INDEFINITE_INFO = 31;
    private static final long EXACT = 1L << 53; // doubles hold all integers up to here

    final ByteBuffer in;
    final CodecLimits limits;
    final Frame frame = new Frame();
    private final int origin;
    private int depth;

    // The head that was read last.
    private int at;
    private int major;
    private int info;
    private long argument;

    /// @param in big endian; read from its position
    CborReader(ByteBuffer in, CodecLimits limits) {
        this.in = in;
        this.limits = limits;
        this.depth = limits.depth();
        this.origin = in.position();
    }

    int major() {
        return major;
    }

    int info() {
        return info;
    }

    /// Unsigned.
    long argument() {
        return argument;
    }

    boolean indefinite() {
        return info == INDEFINITE_INFO;
    }

    /// Reads the head of the next item.
    void head() {
        at = in.position();
        need(1);
        int initial = in.get() & 0xff;
        major = initial >>> 5;
        info = initial & 31;
        argument = switch (info) {
            case 24 -> {
                need(1);
                yield in.get() & 0xff;
            }
            case 25 -> {
                need(2);
                yield in.getShort() & 0xffff;
            }
            case 26 -> {
                need(4);
                yield in.getInt() & 0xffff_ffffL;
            }
            case 27 -> {
                need(8);
                yield in.getLong();
            }
            default -> info;
        };
        if (info > 27) {
            requireIndefinite(initial);
        } else if (info == 24 && major == SIMPLE && argument < 32) {
            throw malformed("simple value in two bytes=" + argument, "32 or more");
        }
    }

    private void requireIndefinite(int initial) {
        if (info != INDEFINITE_INFO || major <= NEGATIVE || major == TAG) {
            throw malformed(String.format("initial byte=0x%02x", initial), "one that RFC 8949 defines");
        }
    }

    private void need(int bytes) {
        if (in.remaining() < bytes) {
            throw CodecException.of(MALFORMED, "remaining=" + in.remaining(), "at least " + bytes + " bytes more")
                    .atByte(in.position() - origin);
        }
    }

    /// The major type of the next item; -1 at the end of the input.
    int nextMajor() {
        return in.hasRemaining() ? (in.get(in.position()) & 0xff) >>> 5 : -1;
    }

    /// Reads the next item if it is this one byte.
    boolean accept(int initial) {
        if (in.hasRemaining() && (in.get(in.position()) & 0xff) == initial) {
            at = in.position();
            in.position(at + 1);
            return true;
        }
        return false;
    }

    /// Reads the next item if it is encoded as exactly these bytes.
    boolean accept(byte[] item) {
        int start = in.position();
        if (in.remaining() < item.length || in.get(start) != item[0]) {
            return false;
        }
        for (int i = 1; i < item.length; i++) {
            if (in.get(start + i) != item[i]) {
                return false;
            }
        }
        at = start;
        in.position(start + item.length);
        return true;
    }

    /// Reads a tag that may be there.
    void acceptTag(long tag) {
        int start = in.position();
        if (nextMajor() == TAG) {
            head();
            if (argument != tag) {
                in.position(start);
            }
        }
    }

    long integer(long least, long most, String expected) {
        head();
        long value;
        if (major == UNSIGNED) {
            value = argument;
        } else if (major == NEGATIVE) {
            value = ~argument;
        } else {
            throw unexpected(expected);
        }
        if (argument < 0 || value < least || value > most) {
            throw unexpected(expected);
        }
        return value;
    }

    boolean bool(String expected) {
        if (accept(CborWriter.TRUE)) {
            return true;
        }
        if (accept(CborWriter.FALSE)) {
            return false;
        }
        head();
        throw unexpected(expected);
    }

    /// A float, or an integer that a double holds exactly.
    double number(String expected) {
        head();
        if (major == SIMPLE) {
            return switch (info) {
                case 25 -> Float.float16ToFloat((short) argument);
                case 26 -> Float.intBitsToFloat((int) argument);
                case 27 -> Double.longBitsToDouble(argument);
                default -> throw unexpected(expected);
            };
        }
        if (major <= NEGATIVE && argument >= 0 && argument < EXACT) {
            return major == UNSIGNED ? argument : ~argument;
        }
        throw unexpected(expected);
    }

    BigInteger big(String expected) {
        head();
        if (major == UNSIGNED || major == NEGATIVE) {
            BigInteger magnitude =
                    argument >= 0 ? BigInteger.valueOf(argument) : new BigInteger(Long.toUnsignedString(argument));
            return major == UNSIGNED ? magnitude : magnitude.not();
        }
        boolean negative = argument == CborWriter.TAG_NEGATIVE_BIG;
        if (major != TAG || !negative && argument != CborWriter.TAG_POSITIVE_BIG) {
            throw unexpected(expected);
        }
        BigInteger magnitude = new BigInteger(1, bytes("the bytes of a big integer"));
        return negative ? magnitude.not() : magnitude;
    }

    BigDecimal decimal(String expected) {
        int start = in.position();
        head();
        if (major != TAG || argument != CborWriter.TAG_DECIMAL) {
            in.position(start);
            return new BigDecimal(big(expected));
        }
        head();
        if (major != ARRAY || argument != 2) {
            throw unexpected("an array of exponent and mantissa");
        }
        int exponent = (int) integer(
                -CborWriter.MOST_SCALE,
                CborWriter.MOST_SCALE,
                "an exponent from -" + CborWriter.MOST_SCALE + " to " + CborWriter.MOST_SCALE);
        return new BigDecimal(big("a mantissa"), -exponent);
    }

    /// Reads the tag in front of a value.
    void tag(long tag, String expected) {
        if (anyTag(expected) != tag) {
            throw unexpected(expected);
        }
    }

    /// Reads whatever tag is in front of a value; unsigned.
    long anyTag(String expected) {
        head();
        if (major != TAG) {
            throw unexpected(expected);
        }
        return argument;
    }

    String text(String expected) {
        head();
        if (major != TEXT) {
            throw unexpected(expected);
        }
        if (!indefinite()) {
            return Utf8.read(in, length(0), origin);
        }
        StringBuilder text = new StringBuilder();
        int bytes = 0;
        while (!accept(BREAK)) {
            int length = chunk(TEXT, bytes);
            text.append(Utf8.read(in, length, origin));
            bytes += length;
        }
        return text.toString();
    }

    byte[] bytes(String expected) {
        head();
        if (major != BYTES) {
            throw unexpected(expected);
        }
        if (!indefinite()) {
            byte[] bytes = new byte[length(0)];
            in.get(bytes);
            return bytes;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (!accept(BREAK)) {
            byte[] chunk = new byte[chunk(BYTES, bytes.size())];
            in.get(chunk);
            bytes.writeBytes(chunk);
        }
        return bytes.toByteArray();
    }

    /// Reads the head of one part of a string of indefinite length.
    int chunk(int expectedMajor, int before) {
        head();
        if (major != expectedMajor || indefinite()) {
            throw malformed("chunk of major type=" + major, "one of definite length, of major type " + expectedMajor);
        }
        return length(before);
    }

    /// The length of the string whose head was read: so many bytes are there.
    int length(int before) {
        if (Long.compareUnsigned(argument, limits.text() - before) > 0) {
            throw CodecException.limit("length", before + argument, limits.text())
                    .atByte(at - origin);
        }
        need((int) argument);
        return (int) argument;
    }

    /// Reads the head of an array, goes in, and returns its count or [#INDEFINITE].
    int array(String expected) {
        head();
        if (major != ARRAY) {
            throw unexpected(expected);
        }
        return enter();
    }

    /// The same for a map, in entries.
    int map(String expected) {
        head();
        if (major != MAP) {
            throw unexpected(expected);
        }
        return enter();
    }

    /// Goes into the array or map whose head was read.
    int enter() {
        if (--depth < 0) {
            throw CodecException.limit("depth", limits.depth() + 1L, limits.depth())
                    .atByte(at - origin);
        }
        if (indefinite()) {
            return INDEFINITE;
        }
        if (Long.compareUnsigned(argument, limits.items()) > 0) {
            throw CodecException.limit("items", argument, limits.items()).atByte(at - origin);
        }
        long least = major == MAP ? 2 * argument : major == ARRAY ? argument : 1;
        if (least > in.remaining()) {
            throw CodecException.of(MALFORMED, "remaining=" + in.remaining(), "at least " + least + " bytes more")
                    .atByte(in.position() - origin);
        }
        return (int) argument;
    }

    void leave() {
        depth++;
    }

    /// Whether there is another one; reads the break that says there is none.
    ///
    /// @param count as [#array] has returned it
    /// @param read how many have been read
    boolean more(int count, int read) {
        if (count != INDEFINITE) {
            return read < count;
        }
        if (accept(BREAK)) {
            return false;
        }
        if (read == limits.items()) {
            throw CodecException.limit("items", read + 1L, limits.items()).atByte(in.position() - origin);
        }
        return true;
    }

    /// Passes over one item, whatever it is, if it is well-formed and within the limits.
    void skip() {
        head();
        switch (major) {
            case UNSIGNED, NEGATIVE -> {}
            case BYTES, TEXT -> skipString();
            case ARRAY, MAP -> {
                int kind = major;
                int count = enter();
                for (int read = 0; more(count, read); read++) {
                    if (kind == MAP) {
                        skip();
                    }
                    skip();
                }
                leave();
            }
            case TAG -> {
                enterTag();
                skip();
                leave();
            }
            default -> {
                if (indefinite()) {
                    throw malformed("found=break", "an item");
                }
            }
        }
    }

    void enterTag() {
        if (--depth < 0) {
            throw CodecException.limit("depth", limits.depth() + 1L, limits.depth())
                    .atByte(at - origin);
        }
    }

    private void skipString() {
        if (!indefinite()) {
            in.position(in.position() + length(0));
            return;
        }
        int kind = major;
        int bytes = 0;
        while (!accept(BREAK)) {
            int length = chunk(kind, bytes);
            in.position(in.position() + length);
            bytes += length;
        }
    }

    /// Nothing may follow.
    void requireEnd() {
        if (in.hasRemaining()) {
            throw CodecException.of(MALFORMED, "remaining=" + in.remaining(), "nothing behind the value")
                    .atByte(in.position() - origin);
        }
    }

    /// Where the last head was.
    int at() {
        return at;
    }

    /// The item whose head was read last is not what was expected.
    CodecException unexpected(String expected) {
        if (major == SIMPLE && indefinite()) {
            return malformed("found=break", "an item");
        }
        return CodecException.of(UNEXPECTED, "found=" + found(), expected).atByte(at - origin);
    }

    /// The item at this position was understood, and is refused all the same.
    CodecException refused(int position, String expected, Throwable cause) {
        at = position;
        return CodecException.of(UNEXPECTED, "found=" + found(), expected, cause)
                .atByte(position - origin);
    }

    CodecException refused(int position, String expected) {
        at = position;
        return unexpected(expected);
    }

    /// The same with other words than the item itself.
    CodecException refusedAs(int position, String what, String expected) {
        return CodecException.of(UNEXPECTED, what, expected).atByte(offset(position));
    }

    /// A position of the buffer as messages count.
    long offset(int position) {
        return (long) position - origin;
    }

    CodecException malformed(String what, String expected) {
        return CodecException.of(MALFORMED, what, expected).atByte(at - origin);
    }

    /// The item whose head was read last, for a message.
    private String found() {
        return Diagnostic.excerpt(in.duplicate().position(at));
    }
}
