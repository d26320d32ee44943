package dev.sluice.fuzz;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.fuzz.Parser.Leaf;
import dev.sluice.fuzz.Parser.Tree;
import dev.sluice.net.Connection;
import dev.sluice.net.Memory;
import dev.sluice.session.Session;
import dev.sluice.task.TaskGroup;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.DeflaterOutputStream;

/// Inputs that parsers accept, or that they have failed at once: those stay here, as hexadecimal digits; and, in a file
/// for each parser, the shortest that reach different branches, as [CoverageGuided] has found them.
final class Seeds {
    private static final String PROXY = "0d0a0d0a000d0a515549540a";

    private static final String SWITCHED = """
            HTTP/1.1 101 Switching Protocols\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
            \r
            """;

    private Seeds() {}

    /// On a loop: some seeds are what our own other end says.
    static List<byte[]> of(Parser parser) throws Exception {
        List<byte[]> all = new ArrayList<>(written(parser));
        all.addAll(found(parser));
        return all;
    }

    private static List<byte[]> found(Parser parser) throws IOException {
        String name = parser + ".txt";
        try (InputStream file = Seeds.class.getResourceAsStream(name)) {
            byte[] digits = Objects.requireNonNull(file, name).readAllBytes();
            return hex(new String(digits, US_ASCII).lines().toArray(String[]::new));
        }
    }

    private static List<byte[]> written(Parser parser) throws Exception {
        return switch (parser) {
            case LENGTHS -> hex("00000003616263", "0000000000000001ff", "00100000", "00100001", "ffffffff00");
            case VARINTS -> hex("03616263", "00", "800161", "ffffffff0f", "80808080808080808001", "ac0200");
            case LINES -> text("hello\r\nworld\n\nlast", "\u00e4\n", "\n\n\n");
            case DELIMITED -> text("a;;x;;xb;;;x;x", ";;x", "no end");
            case FIXED -> text("abcdef", "ab");
            case NETSTRINGS -> text("5:hello,0:,12:hello world!,", "1048576:", "01:a,", "1:ab");
            case DEFLATED -> List.of(deflated("hello ".repeat(50)), deflated(""), deflated("x".repeat(100_000)));
            case PROXY_HEADER -> {
                List<byte[]> all = new ArrayList<>(text(
                        "PROXY TCP4 192.0.2.1 192.0.2.2 1000 443\r\nhello",
                        "PROXY TCP6 2001:db8::1 ::1 65535 0\r\n",
                        "PROXY UNKNOWN whatever\r\nhello"));
                all.addAll(hex(
                        PROXY + "2111000cc0000201c000020203e801bb68690a",
                        PROXY + "21110013c0000201c000020203e801bb04000400000000",
                        PROXY + "20000000",
                        PROXY + "2121002420010db8000000000000000000000001000000000000000000000000000000010001ffff"));
                yield all;
            }
            case WEB_SOCKET_HANDSHAKE ->
                List.of(Parser.UPGRADE, "GET /chat?a=b HTTP/1.1\r\nHost: y\r\n\r\n".getBytes(UTF_8));
            case WEB_SOCKET_ANSWER -> text(SWITCHED, "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno");
            case WEB_SOCKET_FRAMES ->
                hex(
                        "8182000000006869", // text
                        "01810000000061" + "898000000000" + "80810000000062", // two fragments around a ping
                        "828201020304fffe" + "8882000000" + "0003e8", // bytes, goodbye
                        "82fe007e00000000" + "00".repeat(126),
                        "82ff000000000001000000000000");
            case MUX ->
                hex(
                        mux(1, 1, 1, 0) + mux(0, 0, 1, 3) + "616263" + mux(1, 4, 1, 0), // a stream
                        mux(0, 1, 3, 1) + "61" + mux(0, 8, 3, 0),
                        mux(2, 1, 0, 7) + mux(2, 2, 0, 7) + mux(3, 0, 0, 0),
                        mux(1, 1, 1, 0) + mux(1, 0, 1, -1) + mux(0, 4, 1, 2) + "6162" + mux(3, 0, 0, 1),
                        mux(0, 12, 1, 0) + mux(1, 1, 5, 0) + mux(0, 12, 5, 1) + "61");
            case SESSION -> List.of(said());
            case CBOR -> {
                var leaf = new Leaf(-7, 0.5, Optional.of("text"));
                yield List.of(
                        Parser.CODEC.encode(leaf),
                        Parser.CODEC.encode(new Tree(List.of(leaf, leaf), Map.of("a", leaf), new byte[] {1, 2})),
                        HexFormat.of().parseHex("9fbf5f7fffffffff"),
                        HexFormat.of().parseHex("bb7fffffffffffffff"));
            }
            case ADDRESS ->
                text(
                        "tcp:127.0.0.1:80",
                        "tcp:[::1]:65535",
                        "tcp::0",
                        "udp:host:53",
                        "unix:/a/path",
                        "unix:@name",
                        "memory:here",
                        "pipe:there",
                        "stream:3@tcp:127.0.0.1:80");
        };
    }

    private static String mux(int type, int flags, int stream, int length) {
        return HexFormat.of().formatHex(new byte[] {0, (byte) type, 0, (byte) flags})
                + HexFormat.of().toHexDigits(stream)
                + HexFormat.of().toHexDigits(length);
    }

    private static List<byte[]> hex(String... seeds) {
        return Arrays.stream(seeds).map(HexFormat.of()::parseHex).toList();
    }

    private static List<byte[]> text(String... seeds) {
        return Arrays.stream(seeds).map(seed -> seed.getBytes(UTF_8)).toList();
    }

    private static byte[] deflated(String text) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DeflaterOutputStream(bytes)) {
            out.write(text.getBytes(UTF_8));
        }
        return bytes.toByteArray();
    }

    /// What a session says that calls something: its greeting and a question. It hears its own greeting.
    private static byte[] said() throws Exception {
        Memory.Pair pair = Memory.pair("seed");
        var all = new ByteArrayOutputStream();
        TaskGroup.<Exception>run(group -> {
            group.start("client", () -> {
                try (Session session = Session.over(pair.near())) {
                    session.call(Parser.ECHO, "hello");
                } catch (IOException ended) {
                    pair.near().abort(); // nobody answers
                }
            });
            Connection far = pair.far();
            byte[] some = new byte[1_000];
            int greeting = far.read(some, 0, some.length);
            all.write(some, 0, greeting);
            far.write(some, 0, greeting);
            all.write(some, 0, far.read(some, 0, some.length));
            far.abort();
        });
        return all.toByteArray();
    }
}
