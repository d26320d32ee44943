package dev.sluice.websocket;

import dev.sluice.net.Connection;
import dev.sluice.net.NetException;

/// A WebSocket that did not work out:
/// `receive tcp 127.0.0.1:80->127.0.0.1:4711: 1009 (length=2000000, expected at most 1048576)`.
public final class WebSocketException extends NetException {
    private static final long serialVersionUID = 1;

    /// No code of the protocol: the handshake failed, or the connection ended without a goodbye (RFC 6455,
    /// 7.1.5).
    public static final int NO_GOODBYE = 1006;

    private final int code;

    WebSocketException(String operation, Connection connection, int code, String text) {
        super(operation, connection, code + " (" + text + ")");
        this.code = code;
    }

    /// Why, in the numbers of RFC 6455, 7.4.1: 1002 the peer breaks the rules, 1007 text that is not UTF-8,
    /// 1009 too large, [#NO_GOODBYE]; or what the peer has said goodbye with.
    public int code() {
        return code;
    }
}
