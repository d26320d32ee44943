package dev.sluice.websocket;

import dev.sluice.net.Connection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The head of a request or response of HTTP/1.1 (RFC 9112), as far as the handshake needs it.
///
/// @param firstLine without its end
/// @param fields by their names in small letters; those that come several times joined by commas
record Head(String firstLine, Map<String, String> fields) {
    private static final int MOST_BYTES = 16 << 10;
    private static final int END = 0x0d0a0d0a; // an empty line, behind a line
    private static final String SECRET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455, 1.3
    private static final String TOKEN_SIGNS = "!#$%&'*+-.^_`|~"; // RFC 9110, 5.6.2

    /// Reads one. What comes behind it stays in the buffer, which is ready to be read from afterwards.
    ///
    /// @throws WebSocketException if it is too long, or none
    static Head read(Connection connection, ByteBuffer bytes) throws IOException {
        int searched = 0;
        while (true) {
            int end = end(bytes, searched);
            if (end > 0) {
                byte[] head = new byte[end];
                bytes.flip().get(head);
                return parse(connection, new String(head, StandardCharsets.ISO_8859_1));
            }
            searched = Math.max(0, bytes.position() - 3);
            if (bytes.position() >= MOST_BYTES || !bytes.hasRemaining()) {
                throw refused(connection, "a head of more than " + bytes.position() + " bytes");
            }
            if (connection.read(bytes) < 0) {
                throw refused(connection, "the peer ended the connection");
            }
        }
    }

    static ByteBuffer buffer() {
        return ByteBuffer.allocate(MOST_BYTES);
    }

    /// Behind the empty line, or 0.
    private static int end(ByteBuffer bytes, int from) {
        for (int i = from; i + 3 < bytes.position(); i++) {
            if (bytes.getInt(i) == END) {
                return i + Integer.BYTES;
            }
        }
        return 0;
    }

    private static Head parse(Connection connection, String text) throws WebSocketException {
        String[] lines = text.split("\r\n", -1);
        Map<String, String> fields = new HashMap<>();
        for (int i = 1; i < lines.length - 2; i++) {
            int colon = lines[i].indexOf(':');
            if (colon < 1 || !isToken(lines[i].substring(0, colon))) {
                throw refused(connection, "line='" + lines[i] + "', expected a field of HTTP");
            }
            String name = lines[i].substring(0, colon).toLowerCase(Locale.ROOT);
            fields.merge(name, lines[i].substring(colon + 1).strip(), (one, other) -> one + "," + other);
        }
        return new Head(lines[0], fields);
    }

    static WebSocketException refused(Connection connection, String text) {
        return new WebSocketException("handshake", connection, WebSocketException.NO_GOODBYE, text);
    }

    String field(String name) {
        return fields.getOrDefault(name, "");
    }

    /// The parts of a field that is a list.
    List<String> list(String name) {
        List<String> parts = new ArrayList<>();
        for (String part : field(name).split(",", -1)) {
            if (!part.isBlank()) {
                parts.add(part.strip());
            }
        }
        return parts;
    }

    boolean lists(String name, String value) {
        return list(name).stream().anyMatch(value::equalsIgnoreCase);
    }

    static boolean isToken(String text) {
        return !text.isEmpty()
                && text.chars().allMatch(c -> (c < 128 && Character.isLetterOrDigit(c)) || TOKEN_SIGNS.indexOf(c) >= 0);
    }

    /// What a server answers to a key.
    static String accept(String key) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            byte[] digest = sha1.digest((key + SECRET).getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("SHA-1, which every JDK has: " + missing.getMessage(), missing);
        }
    }
}
