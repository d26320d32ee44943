package dev.sluice.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads a pcapng file by its specification alone, and puts the TCP streams in it together again, as Wireshark
/// does.
final class PcapNgReader {
    private static final int FIN = 1;
    private static final int SYN = 2;

    /// One direction of a stream.
    static final class Direction {
        final int networkInterface;
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private long next = -1;
        boolean reset;
        boolean finished;

        Direction(int networkInterface) {
            this.networkInterface = networkInterface;
        }

        private void segment(int sequence, int flags, ByteBuffer payload) {
            if ((flags & SYN) != 0) {
                assertThat(next).as("SYN once").isEqualTo(-1);
                next = sequence & 0xffffffffL;
            }
            assertThat(sequence & 0xffffffffL).as("sequence number").isEqualTo(next);
            while (payload.hasRemaining()) {
                bytes.write(payload.get());
                next++;
            }
            next += (flags & (SYN | FIN)) == 0 ? 0 : 1;
            finished |= (flags & FIN) != 0;
            reset |= (flags & 4) != 0;
        }

        String text() {
            return bytes.toString(UTF_8);
        }
    }

    final List<String> interfaces = new ArrayList<>();
    final List<String> comments = new ArrayList<>();
    final List<Long> nanos = new ArrayList<>();

    /// By `source:port>destination:port`.
    final Map<String, Direction> streams = new LinkedHashMap<>();

    static PcapNgReader read(Path file) throws IOException {
        var reader = new PcapNgReader();
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        assertThat(bytes.getInt(0)).as("section header").isEqualTo(0x0A0D0D0A);
        assertThat(bytes.getInt(8)).as("byte order").isEqualTo(0x1A2B3C4D);
        while (bytes.hasRemaining()) {
            int type = bytes.getInt();
            int length = bytes.getInt();
            assertThat(length % 4).isZero();
            ByteBuffer body = bytes.slice(bytes.position(), length - 12);
            bytes.position(bytes.position() + length - 12);
            assertThat(bytes.getInt()).as("length at the end").isEqualTo(length);
            switch (type) {
                case 0x0A0D0D0A -> assertThat(body.getLong(8)).isEqualTo(-1);
                case 1 -> reader.networkInterface(body);
                case 6 -> reader.packet(body);
                default -> throw new AssertionError("block of type " + type);
            }
        }
        return reader;
    }

    private void networkInterface(ByteBuffer body) {
        assertThat(body.getShort()).as("raw IP").isEqualTo((short) 101);
        body.position(8);
        Map<Integer, byte[]> options = options(body);
        assertThat(options.get(9)).as("nanoseconds").containsExactly(9);
        interfaces.add(new String(options.get(2), UTF_8));
    }

    private static Map<Integer, byte[]> options(ByteBuffer body) {
        Map<Integer, byte[]> options = new LinkedHashMap<>();
        while (body.hasRemaining()) {
            int code = body.getShort();
            byte[] value = new byte[body.getShort()];
            if (code == 0) {
                break;
            }
            body.get(value);
            body.position(body.position() + 3 & ~3);
            options.put(code, value);
        }
        return options;
    }

    private void packet(ByteBuffer body) {
        int networkInterface = body.getInt();
        assertThat(networkInterface).isLessThan(interfaces.size());
        nanos.add(((long) body.getInt() << 32) + (body.getInt() & 0xffffffffL));
        int length = body.getInt();
        assertThat(body.getInt()).isEqualTo(length);
        ipv4(networkInterface, body.slice(body.position(), length));
        body.position(body.position() + length + 3 & ~3);
        Map<Integer, byte[]> options = options(body);
        if (options.containsKey(1)) {
            comments.add(new String(options.get(1), UTF_8));
        }
    }

    private void ipv4(int networkInterface, ByteBuffer packet) {
        assertThat(packet.get(0)).isEqualTo((byte) 0x45);
        assertThat(packet.getShort(2) & 0xffff).isEqualTo(packet.remaining());
        assertThat(packet.get(9)).as("TCP").isEqualTo((byte) 6);
        assertThat(sum(packet.slice(0, 20), 0)).as("checksum of the header").isEqualTo(0xffff);
        long pseudo = sum(packet.slice(12, 8), 0) + 6 + packet.remaining() - 20;
        assertThat(sum(packet.slice(20, packet.remaining() - 20), pseudo))
                .as("checksum of TCP")
                .isEqualTo(0xffff);
        String from = address(packet, 12) + ":" + (packet.getShort(20) & 0xffff);
        String to = address(packet, 16) + ":" + (packet.getShort(22) & 0xffff);
        ByteBuffer payload = packet.slice(40, packet.remaining() - 40);
        streams.computeIfAbsent(from + ">" + to, key -> new Direction(networkInterface))
                .segment(packet.getInt(24), packet.get(33), payload);
        Direction other = streams.get(to + ">" + from);
        if (other != null && (packet.get(33) & 16) != 0) {
            assertThat(packet.getInt(28) & 0xffffffffL).as("acknowledged").isEqualTo(other.next);
        }
    }

    private static String address(ByteBuffer packet, int at) {
        return (packet.get(at) & 0xff) + "." + (packet.get(at + 1) & 0xff) + "." + (packet.get(at + 2) & 0xff) + "."
                + (packet.get(at + 3) & 0xff);
    }

    /// The sum of one's complement: 0xffff if a checksum inside is right.
    private static long sum(ByteBuffer bytes, long start) {
        long sum = start;
        while (bytes.remaining() > 1) {
            sum += bytes.getShort() & 0xffff;
        }
        if (bytes.hasRemaining()) {
            sum += (bytes.get() & 0xff) << 8;
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }
}
