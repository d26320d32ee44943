package dev.sluice.net;

import java.util.Locale;

/// What addresses of TCP and UDP have in common.
record HostPort(String host, int port) {
    private static final int MAX_PORT = 65_535;

    static void check(String host, int port) {
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("address of " + host + ": port=" + port + ", expected 0.." + MAX_PORT);
        }
        if (host.indexOf('[') >= 0 || host.indexOf(']') >= 0) {
            throw new IllegalArgumentException("address: host=" + host + ", expected it without brackets");
        }
    }

    /// Reads `host:port` or `[IPv6]:port`, with or without the network in front.
    static HostPort parse(String text, String network) {
        String prefix = network + ":";
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
            return new HostPort(host.toLowerCase(Locale.ROOT), Integer.parseInt(place.substring(colon + 1)));
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException(
                    "parse address " + text + ": port=" + place.substring(colon + 1) + ", expected 0.." + MAX_PORT,
                    notANumber);
        }
    }

    static String text(String host, int port) {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
