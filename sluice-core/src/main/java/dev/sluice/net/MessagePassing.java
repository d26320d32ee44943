package dev.sluice.net;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.DescriptorMessage;

/// One message with descriptors, sent or received.
final class MessagePassing extends Passing {
    private final DescriptorMessage message;

    /// @param kind `READABLE` to receive, `WRITABLE` to send
    MessagePassing(SocketConnection connection, DescriptorMessage message, Kind kind) {
        super(connection, kind);
        this.message = message;
    }

    @Override
    int pass() {
        CallState state = connection.calls.state();
        return kind == Kind.READABLE ? message.receive(state, fd) : message.send(state, fd);
    }
}
