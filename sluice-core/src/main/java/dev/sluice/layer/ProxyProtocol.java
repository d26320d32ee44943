package dev.sluice.layer;

import dev.sluice.net.Address;
import dev.sluice.net.Connection;
import java.io.IOException;

/// The PROXY protocol, versions 1 and 2 (haproxy.org/download/3.2/doc/proxy-protocol.txt): a header before all
/// other bytes, by which a relay tells the server who its client is.
///
/// Accept it only from relays that are trusted: whoever may connect can claim any address.
///
/// Threads: immutable layers.
public final class ProxyProtocol {
    private static final int TRANSPORT = 4;
    private static final String NAME = "proxy";

    private ProxyProtocol() {}

    /// For a server behind a relay: waits for a header of either version, and makes a connection whose `local`
    /// and `remote` are what it says. They stay what they are if it says nothing of them (`UNKNOWN`, `LOCAL`,
    /// `UNSPEC`). `toString` and errors name the real ends. Put a deadline around it.
    ///
    /// The layer fails with a [LayerException] if there is no header, or one with more than 4096 bytes behind
    /// its first 16.
    public static Layer accepting() {
        return Layer.of(NAME, TRANSPORT, ProxyHeaders::accept);
    }

    /// For a relay: sends a header of version 2, for TCP or a Unix socket.
    ///
    /// @param client the address of the client, numeric
    /// @param server the address that the client has connected to, of the same kind
    /// @throws IllegalArgumentException if there is no header for such addresses
    public static Layer announcing(Address client, Address server) {
        byte[] header = ProxyHeaders.binary(client, server);
        return Layer.of(NAME, TRANSPORT, lower -> announce(header, lower));
    }

    /// For a relay: sends a header of version 1, a line of text, for TCP.
    ///
    /// @param client the address of the client, numeric
    /// @param server the address that the client has connected to, of the same kind
    /// @throws IllegalArgumentException if there is no header for such addresses
    public static Layer announcingAsText(Address client, Address server) {
        byte[] header = ProxyHeaders.text(client, server);
        return Layer.of(NAME, TRANSPORT, lower -> announce(header, lower));
    }

    private static Connection announce(byte[] header, Connection lower) throws IOException {
        lower.write(header);
        return new LayerConnection(lower) {
            @Override
            public Statistics statistics() {
                Statistics all = lower.statistics();
                return new Statistics(all.bytesRead(), all.bytesWritten() - header.length, all.bytesPending());
            }
        };
    }
}
