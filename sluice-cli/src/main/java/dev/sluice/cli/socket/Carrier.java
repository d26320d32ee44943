package dev.sluice.cli.socket;

import java.io.IOException;
import java.util.Optional;

/// What carries whole messages to a peer, and from it: frames, a WebSocket, datagrams.
///
/// Threads: one receiver and one sender.
interface Carrier {
    /// @return empty at the end
    Optional<byte[]> receive() throws IOException;

    void send(byte[] message) throws IOException;

    void closeOutput() throws IOException;

    void close() throws IOException;
}
