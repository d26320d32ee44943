package dev.sluice.websocket;

import java.time.Duration;
import java.util.List;

/// How a WebSocket is spoken.
///
/// @param largestMessage how many bytes a message of the peer has at most, its fragments together; from 125 on,
///     which is what a control frame may have
/// @param handshakeLimit how long the handshake may take, above zero
/// @param closeLimit how long the peer may take to answer a close, above zero
/// @param protocols what may be spoken inside (`Sec-WebSocket-Protocol`), the best first; empty: nothing is
///     said
/// @param halfOpen whether this side may go on sending when the peer has said goodbye, until it says its own.
///     If not, [WebSocket#receive] answers the goodbye at once, as most programs do
public record WebSocketConfig(
        int largestMessage, Duration handshakeLimit, Duration closeLimit, List<String> protocols, boolean halfOpen) {
    private static final WebSocketConfig DEFAULTS =
            new WebSocketConfig(1 << 20, Duration.ofSeconds(10), Duration.ofSeconds(5), List.of(), false);

    public WebSocketConfig {
        protocols = List.copyOf(protocols);
        if (largestMessage < Frame.MOST_CONTROL_BYTES || !handshakeLimit.isPositive() || !closeLimit.isPositive()) {
            throw new IllegalArgumentException("websocket: largestMessage=" + largestMessage + " handshakeLimit="
                    + handshakeLimit + " closeLimit=" + closeLimit + ", expected largestMessage from "
                    + Frame.MOST_CONTROL_BYTES + " on, and times above 0");
        }
        for (String protocol : protocols) {
            if (!Head.isToken(protocol)) {
                throw new IllegalArgumentException("websocket: protocol=" + protocol + ", expected a token of HTTP");
            }
        }
    }

    /// Messages of 1 MiB, 10 seconds to shake hands, 5 to say goodbye.
    public static WebSocketConfig defaults() {
        return DEFAULTS;
    }

    public WebSocketConfig withLargestMessage(int bytes) {
        return new WebSocketConfig(bytes, handshakeLimit, closeLimit, protocols, halfOpen);
    }

    public WebSocketConfig withHandshakeLimit(Duration limit) {
        return new WebSocketConfig(largestMessage, limit, closeLimit, protocols, halfOpen);
    }

    public WebSocketConfig withCloseLimit(Duration limit) {
        return new WebSocketConfig(largestMessage, handshakeLimit, limit, protocols, halfOpen);
    }

    public WebSocketConfig withProtocols(String... names) {
        return new WebSocketConfig(largestMessage, handshakeLimit, closeLimit, List.of(names), halfOpen);
    }

    public WebSocketConfig withHalfOpen(boolean open) {
        return new WebSocketConfig(largestMessage, handshakeLimit, closeLimit, protocols, open);
    }
}
