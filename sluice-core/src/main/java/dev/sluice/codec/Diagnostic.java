package dev.sluice.codec;

import static dev.sluice.codec.CborWriter.ARRAY;
import static dev.sluice.codec.CborWriter.BREAK;
import static dev.sluice.codec.CborWriter.BYTES;
import static dev.sluice.codec.CborWriter.MAP;
import static dev.sluice.codec.CborWriter.NEGATIVE;
import static dev.sluice.codec.CborWriter.TAG;
import static dev.sluice.codec.CborWriter.TEXT;
import static dev.sluice.codec.CborWriter.UNSIGNED;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/// Prints CBOR in the diagnostic notation of RFC 8949 §8: `{"id": 7, "tags": ["a", h'00ff']}`.
final class Diagnostic {
    private static final int EXCERPT = 60;
    private static final int EXCERPT_BYTES = 4096;
    private static final int BIG_BYTES = 64; // longer big integers are shown as bytes

    private final CborReader in;
    private final StringBuilder text = new StringBuilder();
    private final int most;

    private Diagnostic(CborReader in, int most) {
        this.in = in;
        this.most = most;
    }

    /// Prints the one item that the remaining bytes are.
    static String print(ByteBuffer bytes, CodecLimits limits) {
        Diagnostic diagnostic = new Diagnostic(new CborReader(bytes, limits), Integer.MAX_VALUE);
        diagnostic.item();
        diagnostic.in.requireEnd();
        return diagnostic.text.toString();
    }

    /// The beginning of what is there, however broken: for messages.
    static String excerpt(ByteBuffer bytes) {
        int start = bytes.position();
        bytes.limit(Math.min(bytes.limit(), start + EXCERPT_BYTES));
        Diagnostic diagnostic = new Diagnostic(new CborReader(bytes, CodecLimits.defaults()), EXCERPT);
        try {
            diagnostic.item();
        } catch (CodecException _) { // the rest is missing or broken: what could be read is what is shown
            if (diagnostic.text.isEmpty()) {
                byte[] raw = new byte[Math.min(8, bytes.limit() - start)];
                bytes.get(start, raw);
                diagnostic.text.append("0x").append(HexFormat.of().formatHex(raw));
            }
            diagnostic.text.append('…');
        }
        StringBuilder text = diagnostic.text;
        return text.length() <= EXCERPT ? text.toString() : text.substring(0, EXCERPT) + "…";
    }

    /// Text that a stranger may have chosen, short and without control characters.
    static String printable(String value) {
        String start = value.length() <= EXCERPT ? value : value.substring(0, EXCERPT) + "…";
        StringBuilder text = new StringBuilder();
        escape(start, text);
        return text.toString();
    }

    private void item() {
        if (text.length() > most) {
            in.skip();
            return;
        }
        in.head();
        switch (in.major()) {
            case UNSIGNED -> text.append(Long.toUnsignedString(in.argument()));
            case NEGATIVE -> text.append(negative(in.argument()));
            case BYTES -> string(BYTES);
            case TEXT -> string(TEXT);
            case ARRAY -> items('[', ']', false);
            case MAP -> items('{', '}', true);
            case TAG -> tagged(in.argument());
            default -> simple();
        }
    }

    private static String negative(long argument) {
        return argument >= 0
                ? Long.toString(~argument)
                : new BigInteger(Long.toUnsignedString(argument)).not().toString();
    }

    private void string(int kind) {
        if (!in.indefinite()) {
            chunk(kind, in.length(0));
            return;
        }
        int bytes = 0;
        int read = 0;
        for (; !in.accept(BREAK); read++) {
            int length = in.chunk(kind, bytes);
            text.append(read == 0 ? "(_ " : ", ");
            chunk(kind, length);
            bytes += length;
        }
        text.append(read > 0 ? ")" : kind == TEXT ? "\"\"_" : "''_");
    }

    private void chunk(int kind, int length) {
        if (kind == TEXT) {
            quote(Utf8.read(in.in, length, 0));
        } else {
            byte[] bytes = new byte[length];
            in.in.get(bytes);
            text.append("h'").append(HexFormat.of().formatHex(bytes)).append('\'');
        }
    }

    private void quote(String value) {
        text.append('"');
        escape(value, text);
        text.append('"');
    }

    private static void escape(String value, StringBuilder text) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029' || isDirection(c)) {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
    }

    /// Signs that make a terminal show text in another order than it has.
    private static boolean isDirection(char c) {
        return c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069';
    }

    private void items(char open, char close, boolean pairs) {
        text.append(open);
        int count = in.enter();
        if (count == CborReader.INDEFINITE) {
            text.append("_ ");
        }
        for (int read = 0; in.more(count, read); read++) {
            text.append(read == 0 ? "" : ", ");
            item();
            if (pairs) {
                text.append(": ");
                item();
            }
        }
        in.leave();
        text.append(close);
    }

    private void tagged(long tag) {
        in.enterTag();
        int head = in.in.position();
        if ((tag == CborWriter.TAG_POSITIVE_BIG || tag == CborWriter.TAG_NEGATIVE_BIG) && in.nextMajor() == BYTES) {
            BigInteger magnitude = new BigInteger(1, in.bytes("bytes"));
            if (magnitude.bitLength() <= 8 * BIG_BYTES) {
                text.append(tag == CborWriter.TAG_POSITIVE_BIG ? magnitude : magnitude.not());
                in.leave();
                return;
            }
            in.in.position(head);
        }
        text.append(Long.toUnsignedString(tag)).append('(');
        item();
        text.append(')');
        in.leave();
    }

    private void simple() {
        switch (in.info()) {
            case 20 -> text.append("false");
            case 21 -> text.append("true");
            case 22 -> text.append("null");
            case 23 -> text.append("undefined");
            case 25 -> number(Float.float16ToFloat((short) in.argument()));
            case 26 -> number(Float.intBitsToFloat((int) in.argument()));
            case 27 -> number(Double.longBitsToDouble(in.argument()));
            default -> {
                if (in.indefinite()) {
                    throw in.malformed("found=break", "an item");
                }
                text.append("simple(").append(in.argument()).append(')');
            }
        }
    }

    /// As JavaScript writes it, with a fraction always.
    private void number(double value) {
        double size = Math.abs(value);
        if (size >= 1e-6 && size < 1e21) {
            String plain = new BigDecimal(Double.toString(value)).toPlainString();
            text.append(plain).append(plain.indexOf('.') < 0 ? ".0" : "");
            return;
        }
        String printed = Double.toString(value);
        int exponent = printed.indexOf('E');
        if (exponent < 0) {
            text.append(printed);
        } else {
            String sign = printed.charAt(exponent + 1) == '-' ? "e" : "e+";
            text.append(printed, 0, exponent).append(sign).append(printed, exponent + 1, printed.length());
        }
    }
}
