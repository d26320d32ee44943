package dev.sluice.cli.map;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/// Bytes of unknown origin as text for a terminal: no control character passes, nothing is longer than wanted,
/// and two that differ look different unless both are cut.
final class Text {
    private Text() {}

    /// In single quotes, cut behind `limit` characters; control characters escaped, and each byte that is no UTF-8
    /// as `\xff`.
    static String quoted(byte[] bytes, int limit) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        CharBuffer one = CharBuffer.allocate(2); // a code point
        StringBuilder shown = new StringBuilder("'");
        for (int count = 0; count < limit && rest.hasRemaining(); count++) {
            int before = rest.position();
            one.clear().limit(1);
            CoderResult result = decoder.reset().decode(rest, one, true);
            if (one.position() == 0 && result.isOverflow()) {
                one.limit(2); // a pair of surrogates
                result = decoder.decode(rest, one, true);
            }
            if (one.position() > 0) {
                append(shown, Character.codePointAt(one.array(), 0, one.position()));
            } else {
                assert result.isMalformed() && rest.position() == before : result;
                shown.append("\\x%02x".formatted(rest.get()));
            }
        }
        return shown.append(rest.hasRemaining() ? "…'" : "'").toString();
    }

    /// A whole argument of the command line, for messages.
    static String of(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void append(StringBuilder shown, int c) {
        switch (c) {
            case '\n' -> shown.append("\\n");
            case '\t' -> shown.append("\\t");
            case '\r' -> shown.append("\\r");
            case '\'' -> shown.append("\\'");
            case '\\' -> shown.append("\\\\");
            default -> {
                if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                    shown.append((c < 0x80 ? "\\x%02x" : "\\u%04x").formatted(c));
                } else {
                    shown.appendCodePoint(c);
                }
            }
        }
    }
}
