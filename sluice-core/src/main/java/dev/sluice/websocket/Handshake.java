package dev.sluice.websocket;

import dev.sluice.net.Connection;
import dev.sluice.task.Deadline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The upgrade of a connection of HTTP/1.1 (RFC 6455, 4).
///
/// @param path what the client has asked for
/// @param protocol what is spoken inside, if anything was agreed on
/// @param rest what has come behind the handshake
record Handshake(String path, @Nullable String protocol, ByteBuffer rest) {
    private static final int KEY_BYTES = 16;
    private static final String VERSION = "13";

    // ---- the client

    static Handshake ask(Connection connection, String host, String path, List<String> protocols) throws IOException {
        if (!path.startsWith("/") || breaksLine(path) || breaksLine(host) || host.isEmpty()) {
            throw new IllegalArgumentException("websocket: host=" + host + " path=" + path
                    + ", expected a path that begins with /, and no blanks");
        }
        String key = Base64.getEncoder().encodeToString(Masks.key());
        String request = "GET " + path + " HTTP/1.1\r\nHost: " + host
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: " + key + "\r\nSec-WebSocket-Version: " + VERSION + "\r\n"
                + (protocols.isEmpty() ? "" : "Sec-WebSocket-Protocol: " + String.join(", ", protocols) + "\r\n")
                + "\r\n";
        connection.write(request.getBytes(StandardCharsets.US_ASCII));
        ByteBuffer bytes = Head.buffer();
        Head answer = Head.read(connection, bytes);
        String[] line = answer.firstLine().split(" ", 3);
        if (line.length < 2 || !line[0].equals("HTTP/1.1") || !line[1].equals("101")) {
            throw Head.refused(connection, "answer='" + answer.firstLine() + "', expected HTTP/1.1 101");
        }
        if (!answer.lists("connection", "upgrade") || !answer.lists("upgrade", "websocket")) {
            throw Head.refused(connection, "an answer that upgrades to '" + answer.field("upgrade") + "'");
        }
        if (!answer.field("sec-websocket-accept").equals(Head.accept(key))) {
            throw Head.refused(connection, "an answer to another key");
        }
        if (!answer.field("sec-websocket-extensions").isEmpty()) {
            throw Head.refused(connection, "extensions that nobody has asked for");
        }
        String protocol = answer.field("sec-websocket-protocol");
        if (!protocol.isEmpty() && !protocols.contains(protocol)) {
            throw Head.refused(connection, "protocol=" + protocol + ", expected one of " + protocols);
        }
        return new Handshake(path, protocol.isEmpty() ? null : protocol, bytes);
    }

    private static boolean breaksLine(String text) {
        return text.chars().anyMatch(c -> c <= ' ' || c > '~');
    }

    // ---- the server

    static Handshake answer(Connection connection, List<String> protocols, Predicate<WebSocket.Request> welcome)
            throws IOException {
        ByteBuffer bytes = Head.buffer();
        Head request = Head.read(connection, bytes);
        String[] line = request.firstLine().split(" ", -1);
        if (line.length != 3 || !line[0].equals("GET") || !line[2].equals("HTTP/1.1")) {
            throw refuse(connection, "400 Bad Request", "", "a GET of HTTP/1.1");
        }
        if (!request.lists("connection", "upgrade") || !request.lists("upgrade", "websocket")) {
            throw refuse(connection, "426 Upgrade Required", "Upgrade: websocket\r\n", "an upgrade to websocket");
        }
        if (!request.field("sec-websocket-version").equals(VERSION)) {
            throw refuse(
                    connection, "426 Upgrade Required", "Sec-WebSocket-Version: 13\r\n", "version 13 of websocket");
        }
        String key = request.field("sec-websocket-key");
        if (request.field("host").isEmpty() || !isKey(key)) {
            throw refuse(connection, "400 Bad Request", "", "a host, and a key of 16 bytes in base 64");
        }
        if (!welcome.test(new WebSocket.Request(line[1], request.fields()))) {
            throw refuse(connection, "403 Forbidden", "", "a request that is welcome here");
        }
        List<String> offered = request.list("sec-websocket-protocol");
        Optional<String> common = protocols.stream().filter(offered::contains).findFirst();
        String answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: " + Head.accept(key) + "\r\n"
                + common.map(name -> "Sec-WebSocket-Protocol: " + name + "\r\n").orElse("") + "\r\n";
        connection.write(answer.getBytes(StandardCharsets.US_ASCII));
        return new Handshake(line[1], common.orElse(null), bytes);
    }

    private static boolean isKey(String text) {
        try {
            return Base64.getDecoder().decode(text).length == KEY_BYTES;
        } catch (IllegalArgumentException not) {
            return false;
        }
    }

    /// Says no, in HTTP.
    private static WebSocketException refuse(Connection connection, String status, String field, String expected)
            throws IOException {
        String text = "expected " + expected + "\n";
        String answer = "HTTP/1.1 " + status + "\r\n" + field + "Connection: close\r\nContent-Type: text/plain\r\n"
                + "Content-Length: " + text.length() + "\r\n\r\n" + text;
        connection.write(answer.getBytes(StandardCharsets.US_ASCII));
        return Head.refused(connection, status + ": expected " + expected);
    }

    interface Shake {
        Handshake shake() throws IOException;
    }

    /// Shakes hands within the limit; if that fails, the connection is closed.
    static Handshake within(WebSocketConfig config, Connection connection, Shake shake) throws IOException {
        Handshake[] done = new Handshake[1];
        try {
            if (!Deadline.after(config.handshakeLimit())
                    .named("WebSocket handshake")
                    .tryRun(() -> done[0] = shake.shake())) {
                throw Head.refused(connection, "not done within the limit of " + config.handshakeLimit());
            }
        } catch (WebSocketException refused) {
            closeBehind(connection, refused);
            throw refused;
        } catch (IOException | RuntimeException | Error failed) {
            connection.abort();
            throw failed;
        }
        return done[0];
    }

    /// Closes in an orderly way, so that the peer reads why it was refused.
    private static void closeBehind(Connection connection, WebSocketException refused) {
        try {
            connection.close();
        } catch (IOException lost) {
            refused.addSuppressed(lost);
        }
    }
}
