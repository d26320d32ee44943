package dev.sluice.layer;

import dev.sluice.net.Address;
import dev.sluice.net.Connection;
import dev.sluice.net.TcpAddress;
import java.nio.ByteBuffer;

/// Segments of TCP over IPv4 that never were: what passes a layer, in the form that tools put together again.
///
///     IPv4 (RFC 791), 20 bytes                          TCP (RFC 9293), 20 bytes
///     0    version 4, header of 5 words                 20   source port, destination port
///     2    total length                                 24   sequence number
///     8    time to live 64, protocol 6, checksum        28   acknowledged
///     12   source, destination                          32   header of 5 words, flags, window, checksum
///
/// Threads: one at a time.
final class TcpStream {
    static final int FIN = 1;
    static final int SYN = 2;
    static final int RST = 4;
    static final int PSH = 8;
    static final int ACK = 16;

    /// What one packet of IPv4 holds.
    static final int MOST_SEGMENT_BYTES = 65_535;

    static final int HEADER_BYTES = 40;
    static final int MOST_PAYLOAD_BYTES = MOST_SEGMENT_BYTES - HEADER_BYTES;

    private static final int IP_BYTES = 20;
    private static final int STANDIN = 0x0a000000; // 10.place.0.1 and 10.place.0.2
    private static final int PORT_STANDIN = 9;

    private final int networkInterface;
    private final int[] address; // of this end, of the other
    private final int[] port;
    private final int[] next = {0, 0}; // sequence numbers of both
    private final ByteBuffer packet = ByteBuffer.allocate(MOST_SEGMENT_BYTES);
    private String comment;

    /// Real addresses, if they are of IPv4 and the place is the first one; others would be the same stream.
    ///
    /// @param number of the connection, as its port where it has none
    TcpStream(Connection connection, int networkInterface, int number) {
        this.networkInterface = networkInterface;
        int local = address(connection.local());
        int remote = address(connection.remote());
        boolean real = networkInterface == 0 && local != 0 && remote != 0;
        int place = STANDIN | (networkInterface & 0xff) << 16;
        this.address = real ? new int[] {local, remote} : new int[] {place | 1, place | 2};
        this.port =
                new int[] {real ? port(connection.local(), number) : number, port(connection.remote(), PORT_STANDIN)};
        this.comment = connection.toString();
    }

    int networkInterface() {
        return networkInterface;
    }

    /// The names of both ends, once.
    String takeComment() {
        String taken = comment;
        comment = "";
        return taken;
    }

    private static int port(Address of, int standin) {
        return of instanceof TcpAddress tcp ? tcp.port() : standin;
    }

    /// @return 0 if it is none of IPv4
    private static int address(Address of) {
        if (!(of instanceof TcpAddress tcp) || !tcp.host().matches("\\d{1,3}(\\.\\d{1,3}){3}")) {
            return 0;
        }
        int address = 0;
        for (String part : tcp.host().split("\\.", -1)) {
            address = address << 8 | Integer.parseInt(part) & 0xff;
        }
        return address;
    }

    /// A packet in a buffer that the next one overwrites.
    ///
    /// @param payload at most [#MOST_PAYLOAD_BYTES]; its position moves
    ByteBuffer segment(boolean outgoing, int flags, ByteBuffer payload) {
        int from = outgoing ? 0 : 1;
        int to = 1 - from;
        int length = payload.remaining();
        packet.clear();
        packet.putShort((short) 0x4500)
                .putShort((short) (HEADER_BYTES + length))
                .putInt(0);
        packet.put((byte) 64)
                .put((byte) 6)
                .putShort((short) 0)
                .putInt(address[from])
                .putInt(address[to]);
        assert packet.position() == IP_BYTES;
        packet.putShort((short) port[from]).putShort((short) port[to]).putInt(next[from]);
        packet.putInt((flags & ACK) == 0 ? 0 : next[to]);
        packet.putShort((short) (0x5000 | flags)).putShort((short) 0xffff).putInt(0);
        assert packet.position() == HEADER_BYTES;
        packet.put(payload).flip();
        packet.putShort(10, (short) checksum(0, 0, IP_BYTES));
        int pseudoHeader = 6 + packet.limit() - IP_BYTES;
        for (int at = 12; at < IP_BYTES; at += 2) {
            pseudoHeader += packet.getShort(at) & 0xffff;
        }
        packet.putShort(36, (short) checksum(pseudoHeader, IP_BYTES, packet.limit()));
        next[from] += length + ((flags & (SYN | FIN)) == 0 ? 0 : 1);
        return packet;
    }

    /// The checksum of RFC 1071.
    private int checksum(int start, int from, int to) {
        long sum = start;
        int at = from;
        for (; at + 1 < to; at += 2) {
            sum += packet.getShort(at) & 0xffff;
        }
        if (at < to) {
            sum += (packet.get(at) & 0xff) << 8;
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) ~sum & 0xffff;
    }
}
