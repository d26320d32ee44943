package dev.sluice.net;

import java.util.Locale;

/// An address of TCP.
///
/// @param host a name, an IPv4 or IPv6 address; empty to listen at all addresses of this machine, of both kinds
/// @param port from 0 to 65535; 0 to listen at a port that is free
public record TcpAddress(String host, int port) implements Address {
    static final String NETWORK = "tcp";

    private static final int MAX_PORT = 65_535;

    public TcpAddress {
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("address of " + host + ": port=" + port + ", expected 0.." + MAX_PORT);
        }
        if (host.indexOf('[') >= 0 || host.indexOf(']') >= 0) {
            throw new IllegalArgumentException("address: host=" + host + ", expected it without brackets");
        }
    }

    /// Reads `host:port` or `[IPv6]:port`, with or without `tcp:` in front.
    ///
    /// @throws IllegalArgumentException if the text is none
    public static TcpAddress parse(String text) {
        String prefix = NETWORK + ":";
        String place = text.startsWith(prefix) && text.indexOf(':', prefix.length()) >= 0
                ? text.substring(prefix.length())
                : text;
        int colon = place.lastIndexOf(':');
        boolean bracketed = place.startsWith("[") && colon > 0 && place.charAt(colon - 1) == ']';
        String host = bracketed ? place.substring(1, colon - 1) : place.substring(0, Math.max(0, colon));
        if (colon < 0 || (!bracketed && host.indexOf(':') >= 0)) {
            throw new IllegalArgumentException("parse address " + text + ": expected host:port or [IPv6]:port");
        }
        try {
            return new TcpAddress(host.toLowerCase(Locale.ROOT), Integer.parseInt(place.substring(colon + 1)));
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException(
                    "parse address " + text + ": port=" + place.substring(colon + 1) + ", expected 0.." + MAX_PORT,
                    notANumber);
        }
    }

    @Override
    public String network() {
        return NETWORK;
    }

    @Override
    public String place() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }

    @Override
    public String toString() {
        return NETWORK + ":" + place();
    }
}
