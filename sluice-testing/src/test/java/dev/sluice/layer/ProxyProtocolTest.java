package dev.sluice.layer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.layer.LayerException.Problem;
import dev.sluice.net.Address;
import dev.sluice.net.Connection;
import dev.sluice.net.Memory;
import dev.sluice.net.TcpAddress;
import dev.sluice.net.UnixAddress;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ProxyProtocolTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    private interface Body {
        void run(Connection relay, Connection server) throws Exception;
    }

    private static void connected(Body body) throws Exception {
        Sluice.run(() -> {
            Memory.Pair pair = Memory.pair("test");
            body.run(pair.near(), pair.far());
        });
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    private static Stack accept(Connection connection) throws IOException {
        return Stack.over(connection).layer(ProxyProtocol.accepting());
    }

    private static void assertAccepted(byte[] header, String client, String server) throws Exception {
        connected((relay, connection) -> {
            relay.write(header);
            relay.write("hello".getBytes(US_ASCII));
            relay.closeOutput();
            Stack accepted = accept(connection);
            assertThat(accepted.remote()).hasToString(client);
            assertThat(accepted.local()).hasToString(server);
            assertThat(accepted).hasToString(connection.toString());
            assertThat(accepted.readAllBytes(100)).isEqualTo("hello".getBytes(US_ASCII));
            assertThat(accepted.statistics().bytesRead()).isEqualTo(5);
        });
    }

    @Test
    void linesAreAccepted() throws Exception {
        assertAccepted(
                "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n".getBytes(US_ASCII),
                "tcp:192.0.2.1:56324",
                "tcp:198.51.100.7:443");
        assertAccepted("PROXY UNKNOWN\r\n".getBytes(US_ASCII), "memory:test.near", "memory:test.far");
        assertAccepted(
                "PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n".getBytes(US_ASCII), "memory:test.near", "memory:test.far");
    }

    @Test
    void binaryHeadersAreAccepted() throws Exception {
        assertAccepted(
                hex(SIGNATURE + "2111000c c0000201 c6336407 dc04 01bb"), "tcp:192.0.2.1:56324", "tcp:198.51.100.7:443");
        assertAccepted( // with a field behind the addresses
                hex(SIGNATURE + "21110010 c0000201 c6336407 dc04 01bb 04000100"),
                "tcp:192.0.2.1:56324",
                "tcp:198.51.100.7:443");
        assertAccepted(hex(SIGNATURE + "20000000"), "memory:test.near", "memory:test.far");
        assertAccepted(hex(SIGNATURE + "21000000"), "memory:test.near", "memory:test.far");
        String path = HexFormat.of().formatHex(Arrays.copyOf("/run/a".getBytes(US_ASCII), 108));
        String name = HexFormat.of().formatHex(Arrays.copyOf("\0b".getBytes(US_ASCII), 108));
        assertAccepted(hex(SIGNATURE + "213100d8" + path + name), "unix:/run/a", "unix:@b");
    }

    @Test
    void whatIsAnnouncedIsAccepted() throws Exception {
        List<Address[]> pairs = List.of(
                new Address[] {new TcpAddress("192.0.2.1", 1), new TcpAddress("192.0.2.2", 65_535)},
                new Address[] {new TcpAddress("2001:db8:0:0:0:0:0:1", 1), new TcpAddress("2001:db8:0:0:0:0:0:2", 2)});
        for (Address[] pair : pairs) {
            assertAnnounced(ProxyProtocol.announcing(pair[0], pair[1]), pair);
            assertAnnounced(ProxyProtocol.announcingAsText(pair[0], pair[1]), pair);
        }
        Address[] unix = {new UnixAddress("/run/a@b"), new UnixAddress("@abstract")};
        assertAnnounced(ProxyProtocol.announcing(unix[0], unix[1]), unix);
    }

    private static void assertAnnounced(Layer announcing, Address[] pair) throws Exception {
        connected((relay, connection) -> {
            Stack.over(relay).layer(announcing);
            Stack accepted = accept(connection);
            assertThat(accepted.remote()).isEqualTo(pair[0]);
            assertThat(accepted.local()).isEqualTo(pair[1]);
            relay.write(new byte[] {7});
            assertThat(accepted.read(ByteBuffer.allocate(9))).isEqualTo(1);
        });
    }

    @Test
    void headersMayComeInPieces() throws Exception {
        byte[] header = hex(SIGNATURE + "2111000c c0000201 c6336407 dc04 01bb");
        Sluice.run(() -> {
            Memory.Pair pair = Memory.pair("test");
            try (var group = TaskGroup.open()) {
                group.start("relay", () -> {
                    for (byte one : header) {
                        pair.near().write(new byte[] {one});
                        Sluice.yield();
                    }
                });
                assertThat(accept(pair.far()).remote()).hasToString("tcp:192.0.2.1:56324");
                group.join();
            }
        });
    }

    @Test
    void otherBytesAreRefused() throws Exception {
        assertRefused("GET / HTTP/1.1\r\n".getBytes(US_ASCII), Problem.MALFORMED);
        assertRefused("PROXY TCP4 1.2.3.4 1.2.3.4 5\r\n".getBytes(US_ASCII), Problem.MALFORMED);
        assertRefused("PROXY TCP4 1.2.3.400 1.2.3.4 5 6\r\n".getBytes(US_ASCII), Problem.MALFORMED);
        assertRefused("PROXY TCP4 localhost 1.2.3.4 5 6\r\n".getBytes(US_ASCII), Problem.MALFORMED);
        assertRefused("PROXY TCP4 1.2.3.4 1.2.3.4 5 65536\r\n".getBytes(US_ASCII), Problem.MALFORMED);
        assertRefused("PROXY TCP6 ::zz ::1 5 6\r\n".getBytes(US_ASCII), Problem.MALFORMED);
        assertRefused("P".repeat(200).getBytes(US_ASCII), Problem.MALFORMED);
        assertRefused(hex("0d0a0d0a000d0a515549540b" + "21110000"), Problem.MALFORMED);
        assertRefused(hex(SIGNATURE + "2211000c c0000201 c6336407 dc04 01bb"), Problem.MALFORMED);
        assertRefused(hex(SIGNATURE + "21110004 c0000201"), Problem.MALFORMED);
        assertRefused(hex(SIGNATURE + "2131 00d8" + "ff".repeat(216)), Problem.MALFORMED);
        assertRefused(hex(SIGNATURE + "2111ffff"), Problem.TOO_LARGE);
        assertRefused("PROXY TCP4 1.2.3.4".getBytes(US_ASCII), Problem.INCOMPLETE);
        assertRefused(hex(SIGNATURE + "2111000c c000"), Problem.INCOMPLETE);
        assertRefused(new byte[0], Problem.INCOMPLETE);
    }

    private static void assertRefused(byte[] header, Problem problem) throws Exception {
        connected((relay, connection) -> {
            relay.write(header);
            relay.closeOutput();
            assertThatThrownBy(() -> accept(connection))
                    .isInstanceOfSatisfying(
                            LayerException.class,
                            failure -> assertThat(failure.problem()).isEqualTo(problem))
                    .hasMessageStartingWith("accept memory test.far->test.near: ");
            assertThatThrownBy(() -> relay.read(ByteBuffer.allocate(1)))
                    .as("aborted")
                    .hasMessageContaining("ECONNRESET");
        });
    }

    @Test
    void randomBytesAreAcceptedOrRefused() throws Exception {
        var random = new SplittableRandom(Long.getLong("layers.seed", 5));
        for (int round = 0; round < 500; round++) {
            byte[] bytes = round % 2 == 0
                    ? "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n".getBytes(US_ASCII)
                    : hex(SIGNATURE + "2111000c c0000201 c6336407 dc04 01bb");
            for (int i = 0; i < 2; i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            connected((relay, connection) -> {
                relay.write(bytes);
                relay.closeOutput();
                try {
                    assertThat(accept(connection).remote()).isNotNull();
                } catch (LayerException refused) {
                    assertThat(refused).hasMessageStartingWith("accept memory ");
                }
            });
        }
    }

    @Test
    void impossibleAnnouncementsAreRefused() {
        var ip = new TcpAddress("192.0.2.1", 1);
        assertThatThrownBy(() -> ProxyProtocol.announcing(ip, new TcpAddress("::1", 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("announce tcp:192.0.2.1:1: server=tcp:[::1]:1, expected addresses of the same kind");
        assertThatThrownBy(() -> ProxyProtocol.announcing(new TcpAddress("localhost", 1), ip))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("announce tcp:localhost:1: expected a numeric address");
        assertThatThrownBy(() -> ProxyProtocol.announcingAsText(new UnixAddress("/a"), new UnixAddress("/b")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
