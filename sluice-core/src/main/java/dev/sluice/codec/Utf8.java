package dev.sluice.codec;

import static dev.sluice.codec.CodecException.Problem.MALFORMED;
import static dev.sluice.codec.CodecException.Problem.UNENCODABLE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/// Strict UTF-8: nothing is ever replaced.
final class Utf8 {
    /// Below this many bytes a loop beats making an array.
    private static final int SHORT = 48;

    private Utf8() {}

    /// How many bytes the text takes.
    static int length(String text) {
        int chars = text.length();
        long bytes = chars;
        for (int i = 0; i < chars; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                bytes += c >= 0x800 ? 2 : 1;
                if (Character.isSurrogate(c)) {
                    if (!Character.isHighSurrogate(c)
                            || i + 1 == chars
                            || !Character.isLowSurrogate(text.charAt(i + 1))) {
                        throw CodecException.of(
                                UNENCODABLE,
                                String.format("character %d=\\u%04x", i, (int) c),
                                "no half of a surrogate pair");
                    }
                    i++; // the pair takes four, and its other half is counted already
                }
            }
        }
        if (bytes > Integer.MAX_VALUE - 8) {
            throw CodecException.limit("length", bytes, Integer.MAX_VALUE - 8);
        }
        return (int) bytes;
    }

    /// @param length as [#length] says
    static void write(String text, int length, WireOutput out) {
        if (length >= SHORT) {
            out.put(text.getBytes(UTF_8));
            return;
        }
        out.ensure(length);
        int chars = text.length();
        if (length == chars) {
            writeAscii(text, out.buffer());
            return;
        }
        for (int i = 0; i < chars; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                out.put((byte) c);
            } else if (c < 0x800) {
                out.put((byte) (0xc0 | c >> 6));
                out.put((byte) (0x80 | c & 0x3f));
            } else if (!Character.isSurrogate(c)) {
                out.put((byte) (0xe0 | c >> 12));
                out.put((byte) (0x80 | c >> 6 & 0x3f));
                out.put((byte) (0x80 | c & 0x3f));
            } else {
                int code = Character.toCodePoint(c, text.charAt(++i));
                out.put((byte) (0xf0 | code >> 18));
                out.put((byte) (0x80 | code >> 12 & 0x3f));
                out.put((byte) (0x80 | code >> 6 & 0x3f));
                out.put((byte) (0x80 | code & 0x3f));
            }
        }
    }

    /// Most text is this, and nothing is looked at twice.
    private static void writeAscii(String text, ByteBuffer out) {
        int start = out.position();
        int chars = text.length();
        if (out.hasArray()) {
            byte[] array = out.array();
            int offset = out.arrayOffset() + start;
            for (int i = 0; i < chars; i++) {
                array[offset + i] = (byte) text.charAt(i);
            }
        } else {
            for (int i = 0; i < chars; i++) {
                out.put(start + i, (byte) text.charAt(i));
            }
        }
        out.position(start + chars);
    }

    /// Reads so many of the remaining bytes. Memory outside of the heap may be shared with somebody who changes
    /// it meanwhile, so it is copied before it is judged.
    ///
    /// @param origin from where positions in messages count
    static String read(ByteBuffer in, int length, int origin) {
        int start = in.position();
        byte[] bytes;
        int offset = 0;
        if (in.hasArray()) {
            bytes = in.array();
            offset = in.arrayOffset() + start;
            in.position(start + length);
        } else {
            bytes = new byte[length];
            in.get(bytes);
        }
        String text = new String(bytes, offset, length, UTF_8);
        if (text.indexOf('\uFFFD') >= 0) { // what the decoder puts where it finds no text, or what was sent
            requireText(ByteBuffer.wrap(bytes, offset, length).slice(), start - origin);
        }
        return text;
    }

    private static void requireText(ByteBuffer bytes, int position) {
        try {
            UTF_8.newDecoder().decode(bytes);
        } catch (CharacterCodingException _) { // which says no more than the position does
            int at = bytes.position();
            throw CodecException.of(MALFORMED, String.format("found=0x%02x", bytes.get(at)), "text in valid UTF-8")
                    .atByte(position + at);
        }
    }
}
