/// WebSocket (RFC 6455) over any connection, as server and as client.
///
/// Start reading at [WebSocket].
@NullMarked
package dev.sluice.websocket;

import org.jspecify.annotations.NullMarked;
