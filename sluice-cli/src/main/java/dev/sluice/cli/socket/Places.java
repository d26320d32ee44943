package dev.sluice.cli.socket;

import dev.sluice.net.Address;
import dev.sluice.net.Connection;
import dev.sluice.net.Datagrams;
import dev.sluice.net.Datagrams.Datagram;
import dev.sluice.net.Listener;
import dev.sluice.net.Tcp;
import dev.sluice.net.TcpAddress;
import dev.sluice.net.Udp;
import dev.sluice.net.Unix;
import dev.sluice.net.UnixAddress;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Where the command line's addresses lead.
final class Places {
    private Places() {}

    private static final String WEB_SOCKET = "ws:";

    /// Reads an address.
    static final class Reader implements ITypeConverter<Place> {
        @Override
        public Place convert(String text) {
            if (text.startsWith(WEB_SOCKET)) {
                return webSocket(text.substring(WEB_SOCKET.length()));
            }
            try {
                Address address = Address.parse(text);
                boolean named = !address.place().isEmpty(); // the system would choose a name, which nobody knows
                if (named
                        && (address instanceof TcpAddress
                                || address instanceof UnixAddress
                                || address instanceof Udp.End)) {
                    return new Place(address, List.of());
                }
            } catch (IllegalArgumentException wrong) {
                if (text.startsWith("tcp:") || text.startsWith("unix:") || text.startsWith("udp:")) {
                    throw new TypeConversionException(wrong.getMessage());
                }
            }
            throw new TypeConversionException(
                    "address '" + text
                            + "': expected tcp:HOST:PORT, tcp::PORT (all addresses), udp:HOST:PORT, ws:HOST:PORT/PATH, unix:PATH or unix:@NAME");
        }

        /// @param rest `HOST:PORT/PATH`, with `//` before it or without
        private static Place webSocket(String rest) {
            String bare = rest.startsWith("//") ? rest.substring(2) : rest;
            int slash = bare.indexOf('/');
            try {
                Address address = Address.parse("tcp:" + (slash < 0 ? bare : bare.substring(0, slash)));
                return new Place(address, List.of(WEB_SOCKET + (slash < 0 ? "/" : bare.substring(slash))));
            } catch (IllegalArgumentException wrong) {
                throw new TypeConversionException(
                        "address '" + WEB_SOCKET + rest + "': expected ws:HOST:PORT or ws:HOST:PORT/PATH");
            }
        }
    }

    static Listener listen(Place place) throws IOException {
        return switch (place.transport()) {
            case TcpAddress tcp -> Tcp.listen(tcp, Tcp.Options.defaults());
            case UnixAddress unix -> Unix.listen(unix);
            default -> throw new IllegalArgumentException("listen at " + place + ": expected tcp or unix");
        };
    }

    /// @param idle for datagrams: how long nobody says anything, behind our end, before it is the end
    static Connection connect(Place place, Duration idle) throws IOException {
        return switch (place.transport()) {
            case Udp.End udp -> {
                Datagrams socket = Udp.connect(udp, Udp.Options.defaults());
                yield DatagramConnection.client(new Connected(socket, udp), udp, idle);
            }
            case TcpAddress tcp -> Tcp.connect(tcp, Tcp.Options.defaults());
            case UnixAddress unix -> Unix.connect(unix);
            default -> throw new IllegalArgumentException("connect to " + place + ": expected tcp, udp or unix");
        };
    }

    /// A socket of its own for one peer.
    private record Connected(Datagrams socket, Udp.End peer) implements DatagramConnection.Socket {
        @Override
        public byte[] receive() throws IOException {
            return socket.receive().bytes();
        }

        @Override
        public void send(byte[] datagram) throws IOException {
            socket.send(Datagram.to(peer, datagram));
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }

        @Override
        public Address local() {
            return socket.local();
        }
    }
}
