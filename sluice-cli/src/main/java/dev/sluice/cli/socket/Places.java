package dev.sluice.cli.socket;

import dev.sluice.net.Address;
import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import dev.sluice.net.Tcp;
import dev.sluice.net.TcpAddress;
import dev.sluice.net.Unix;
import dev.sluice.net.UnixAddress;
import java.io.IOException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Where the command line's addresses lead.
final class Places {
    private Places() {}

    /// Reads an address.
    static final class Reader implements ITypeConverter<Address> {
        @Override
        public Address convert(String text) {
            try {
                Address address = Address.parse(text);
                if (address instanceof TcpAddress || address instanceof UnixAddress) {
                    return address;
                }
            } catch (IllegalArgumentException wrong) {
                if (text.startsWith("tcp:") || text.startsWith("unix:")) {
                    throw new TypeConversionException(wrong.getMessage());
                }
            }
            throw new TypeConversionException("address '" + text
                    + "': expected tcp:HOST:PORT, tcp::PORT (all addresses), unix:PATH or unix:@NAME");
        }
    }

    static Listener listen(Address address) throws IOException {
        return switch (address) {
            case TcpAddress tcp -> Tcp.listen(tcp, Tcp.Options.defaults());
            case UnixAddress unix -> Unix.listen(unix);
            default -> throw new IllegalArgumentException("listen at " + address + ": expected tcp or unix");
        };
    }

    static Connection connect(Address address) throws IOException {
        return switch (address) {
            case TcpAddress tcp -> Tcp.connect(tcp, Tcp.Options.defaults());
            case UnixAddress unix -> Unix.connect(unix);
            default -> throw new IllegalArgumentException("connect to " + address + ": expected tcp or unix");
        };
    }

    /// The host that an address names, for the certificate of its server.
    static String host(Address address) {
        return address instanceof TcpAddress tcp ? tcp.host() : "localhost";
    }
}
