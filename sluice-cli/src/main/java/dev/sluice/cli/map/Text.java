package dev.sluice.cli.map;

import java.nio.charset.StandardCharsets;

/// Bytes of unknown origin as text for a terminal: no control character passes, nothing is longer than wanted.
final class Text {
    private static final char REPLACEMENT = '\uFFFD';

    private Text() {}

    /// In single quotes, control characters escaped, cut behind `limit` characters.
    static String quoted(byte[] bytes, int limit) {
        // Four bytes make one character at most.
        boolean cut = bytes.length > 4 * limit;
        String decoded = new String(bytes, 0, cut ? 4 * limit : bytes.length, StandardCharsets.UTF_8);
        StringBuilder shown = new StringBuilder("'");
        int count = 0;
        for (int i = 0; i < decoded.length() && count < limit; count++) {
            int c = decoded.codePointAt(i);
            i += Character.charCount(c);
            cut |= count + 1 == limit && i < decoded.length();
            append(shown, c);
        }
        return shown.append(cut ? "…'" : "'").toString();
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
            default -> {
                if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                    shown.append("\\x%02x".formatted(c));
                } else if (Character.getType(c) == Character.SURROGATE) {
                    shown.append(REPLACEMENT);
                } else {
                    shown.appendCodePoint(c);
                }
            }
        }
    }
}
