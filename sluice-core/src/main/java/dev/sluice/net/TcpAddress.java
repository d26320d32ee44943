package dev.sluice.net;

/// An address of TCP.
///
/// @param host a name, an IPv4 or IPv6 address; empty to listen at all addresses of this machine, of both kinds
/// @param port from 0 to 65535; 0 to listen at a port that is free
public record TcpAddress(String host, int port) implements Address {
    static final String NETWORK = "tcp";

    public TcpAddress {
        HostPort.check(host, port);
    }

    /// Reads `host:port` or `[IPv6]:port`, with or without `tcp:` in front.
    ///
    /// @throws IllegalArgumentException if the text is none
    public static TcpAddress parse(String text) {
        HostPort parsed = HostPort.parse(text, NETWORK);
        return new TcpAddress(parsed.host(), parsed.port());
    }

    @Override
    public String network() {
        return NETWORK;
    }

    @Override
    public String place() {
        return HostPort.text(host, port);
    }

    @Override
    public String toString() {
        return NETWORK + ":" + place();
    }
}
