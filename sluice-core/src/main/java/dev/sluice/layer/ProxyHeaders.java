package dev.sluice.layer;

import static dev.sluice.layer.LayerException.Problem.INCOMPLETE;
import static dev.sluice.layer.LayerException.Problem.MALFORMED;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.net.Address;
import dev.sluice.net.Connection;
import dev.sluice.net.TcpAddress;
import dev.sluice.net.UnixAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Headers of the PROXY protocol.
///
///     version 1   PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n          at most 107 bytes
///     version 2   0    signature, 12 bytes
///                 12   version 2 and command: 0x20 local, 0x21 proxy
///                 13   family and transport: 0x11 TCP over IPv4, 0x21 over IPv6, 0x31 Unix stream
///                 14   length of what follows, 2 bytes
///                 16   source and destination: addresses, then ports; further fields are passed over
final class ProxyHeaders {
    private static final int FIXED_BYTES = 16;
    private static final int MOST_BEHIND = 4096;
    private static final int MOST_TEXT = 107;
    private static final int UNIX_BYTES = 108;
    private static final byte LOCAL = 0x20;
    private static final byte PROXY = 0x21;
    private static final byte TCP4 = 0x11;
    private static final byte TCP6 = 0x21;
    private static final byte UNIX_STREAM = 0x31;

    /// Two addresses that a header has told.
    private record Told(Address client, Address server) {}

    private final Connection lower;
    private final ByteBuffer bytes = ByteBuffer.allocate(FIXED_BYTES + MOST_BEHIND);

    private ProxyHeaders(Connection lower) {
        this.lower = lower;
    }

    private static byte[] signature() {
        return new byte[] {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};
    }

    // ---- accepting

    /// Waits for a header, and makes the connection of the client.
    static Connection accept(Connection lower) throws IOException {
        var headers = new ProxyHeaders(lower);
        headers.read();
        while (headers.bytes.position() < FIXED_BYTES && headers.bytes.get(0) == '\r') {
            headers.read();
        }
        Told told = headers.bytes.get(0) == '\r' ? headers.acceptBinary() : headers.acceptText();
        Address local = told == null ? lower.local() : told.server;
        Address remote = told == null ? lower.remote() : told.client;
        return new RelayedConnection(lower, local, remote, headers.bytes);
    }

    private void read() throws IOException {
        if (lower.read(bytes) < 0) {
            throw LayerException.of(
                    INCOMPLETE, "accept", lower, "the end came after " + bytes.position() + " bytes of a PROXY header");
        }
    }

    /// Leaves the buffer at what is behind the header.
    private void take(int header) {
        bytes.flip().position(header);
    }

    private @Nullable Told acceptText() throws IOException {
        int end;
        while ((end = lineEnd()) < 0) {
            if (bytes.position() >= MOST_TEXT) {
                throw malformed("no line of at most " + MOST_TEXT + " bytes");
            }
            read();
        }
        String line = new String(bytes.array(), 0, end, US_ASCII);
        take(end + 2);
        String[] fields = line.split(" ", -1);
        if (fields.length < 2 || !fields[0].equals("PROXY")) {
            throw malformed("another line");
        }
        if (fields[1].equals("UNKNOWN")) {
            return null;
        }
        boolean four = fields[1].equals("TCP4");
        if (fields.length != 6 || !(four || fields[1].equals("TCP6"))) {
            throw malformed("fields=" + fields.length);
        }
        return new Told(parse(fields[2], fields[4], four), parse(fields[3], fields[5], four));
    }

    private int lineEnd() {
        int most = Math.min(bytes.position(), MOST_TEXT);
        for (int at = 0; at + 1 < most; at++) {
            if (bytes.get(at) == '\r' && bytes.get(at + 1) == '\n') {
                return at;
            }
        }
        return -1;
    }

    private Address parse(String host, String port, boolean four) throws LayerException {
        boolean plausible = host.matches(four ? "[0-9]+(\\.[0-9]+){3}" : "[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")
                && port.matches("0|[1-9][0-9]{0,4}");
        if (!plausible || Integer.parseInt(port) > 0xffff) {
            throw malformed("an address that is none");
        }
        try {
            InetAddress ip = InetAddress.ofLiteral(host);
            return new TcpAddress(ip.getHostAddress(), Integer.parseInt(port));
        } catch (IllegalArgumentException none) {
            throw malformed("an address that is none");
        }
    }

    private @Nullable Told acceptBinary() throws IOException {
        ByteBuffer expected = ByteBuffer.wrap(signature());
        if (!bytes.slice(0, expected.remaining()).equals(expected)) {
            throw malformed("another signature");
        }
        int length = bytes.getShort(14) & 0xffff;
        if (length > MOST_BEHIND) {
            throw LayerException.tooLarge("accept", lower, "PROXY header length", length, MOST_BEHIND);
        }
        while (bytes.position() < FIXED_BYTES + length) {
            read();
        }
        Told told = told(bytes.get(12), bytes.get(13), bytes.slice(FIXED_BYTES, length));
        take(FIXED_BYTES + length);
        return told;
    }

    private @Nullable Told told(byte command, byte family, ByteBuffer rest) throws IOException {
        if (command == LOCAL) {
            return null; // a health check of the relay itself
        }
        if (command != PROXY) {
            throw malformed(String.format("version and command=0x%02x", command));
        }
        int size = switch (family) {
            case TCP4 -> 4;
            case TCP6 -> 16;
            case UNIX_STREAM -> UNIX_BYTES;
            default -> 0;
        };
        if (size == 0) {
            return null; // the protocol wants others to be passed over
        }
        int ports = family == UNIX_STREAM ? 0 : 2 * Short.BYTES;
        if (rest.remaining() < 2 * size + ports) {
            throw malformed("length=" + rest.remaining());
        }
        byte[] client = new byte[size];
        byte[] server = new byte[size];
        rest.get(client).get(server);
        return family == UNIX_STREAM
                ? new Told(unix(client), unix(server))
                : new Told(tcp(client, rest.getShort()), tcp(server, rest.getShort()));
    }

    private static Address tcp(byte[] ip, short port) throws UnknownHostException {
        return new TcpAddress(InetAddress.getByAddress(ip).getHostAddress(), port & 0xffff);
    }

    /// A path ends with a null byte, unless it is abstract: then it begins with one.
    private Address unix(byte[] path) throws LayerException {
        int end = path[0] == 0 ? 1 : 0;
        while (end < path.length && path[end] != 0) {
            end++;
        }
        String text = new String(path, 0, end, UTF_8);
        try {
            return new UnixAddress(text.replace('\0', '@'));
        } catch (IllegalArgumentException noText) {
            throw malformed("a path that is no text");
        }
    }

    private LayerException malformed(String found) {
        return LayerException.of(MALFORMED, "accept", lower, "found " + found + ", expected a PROXY header");
    }

    // ---- announcing

    static byte[] text(Address client, Address server) {
        InetAddress from = ip(client);
        InetAddress to = ip(server);
        requireAlike(client, server, from.getAddress().length == to.getAddress().length);
        String family = from.getAddress().length == 4 ? "TCP4" : "TCP6";
        return ("PROXY " + family + " " + from.getHostAddress() + " " + to.getHostAddress() + " "
                        + ((TcpAddress) client).port() + " " + ((TcpAddress) server).port() + "\r\n")
                .getBytes(US_ASCII);
    }

    static byte[] binary(Address client, Address server) {
        ByteBuffer out = ByteBuffer.allocate(FIXED_BYTES + 2 * UNIX_BYTES);
        out.put(signature()).put(PROXY);
        if (client instanceof UnixAddress from && server instanceof UnixAddress to) {
            out.put(UNIX_STREAM).putShort((short) (2 * UNIX_BYTES));
            putPath(from, out);
            putPath(to, out);
        } else {
            byte[] from = ip(client).getAddress();
            byte[] to = ip(server).getAddress();
            requireAlike(client, server, from.length == to.length);
            out.put(from.length == 4 ? TCP4 : TCP6).putShort((short) (2 * from.length + 2 * Short.BYTES));
            out.put(from).put(to);
            out.putShort((short) ((TcpAddress) client).port()).putShort((short) ((TcpAddress) server).port());
        }
        byte[] header = new byte[out.position()];
        out.get(0, header);
        return header;
    }

    private static void putPath(UnixAddress address, ByteBuffer out) {
        byte[] path = address.name().getBytes(UTF_8);
        if (address.isAbstract()) {
            path[0] = 0;
        }
        if (path.length > UNIX_BYTES) {
            throw new IllegalArgumentException(
                    "announce " + address + ": length=" + path.length + ", expected at most " + UNIX_BYTES + " bytes");
        }
        out.put(path).position(out.position() + UNIX_BYTES - path.length);
    }

    private static InetAddress ip(Address address) {
        if (address instanceof TcpAddress tcp && !tcp.host().isEmpty()) {
            try {
                return InetAddress.ofLiteral(tcp.host());
            } catch (IllegalArgumentException name) {
                throw new IllegalArgumentException("announce " + address + ": expected a numeric address", name);
            }
        }
        throw new IllegalArgumentException("announce " + address + ": expected a numeric address of TCP");
    }

    private static void requireAlike(Address client, Address server, boolean alike) {
        if (!alike) {
            throw new IllegalArgumentException(
                    "announce " + client + ": server=" + server + ", expected addresses of the same kind");
        }
    }
}
