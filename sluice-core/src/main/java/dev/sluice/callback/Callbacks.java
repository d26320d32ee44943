package dev.sluice.callback;

import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Supplier;

/// What is called as things happen to a connection: the protocols of Python's asyncio.
///
/// ```java
/// class Echo implements Callbacks {
///     public void received(Peer peer, ByteBuffer bytes) {
///         peer.write(bytes);
///     }
/// }
/// listener.serve(Callbacks.serving(Echo::new));
/// ```
///
/// | asyncio | here |
/// |---|---|
/// | `connection_made`, `data_received`, `eof_received`, `connection_lost` | [#connected], [#received], [#ended],
/// [#lost] |
/// | `pause_writing`, `resume_writing` | [#pauseWriting], [#resumeWriting] |
/// | `transport.write`, `write_eof`, `close`, `abort` | [Peer#write], [Peer#closeOutput], [Peer#close], [Peer#abort] |
/// | `transport.pause_reading`, `resume_reading` | [Peer#pauseReading], [Peer#resumeReading] |
///
/// Callbacks of one connection come one at a time, and `lost` is the last of them. They are called by a
/// coroutine, so they may wait, which holds up the others; but not for one another. What one throws ends the
/// connection by a reset, and comes out of [#over].
public interface Callbacks {
    /// The connection is there.
    default void connected(Peer peer) throws Exception {}

    /// Bytes have come.
    ///
    /// @param bytes at least one; the buffer is used again behind the call
    void received(Peer peer, ByteBuffer bytes) throws Exception;

    /// The peer has ended its output.
    ///
    /// @return whether this side goes on until it ends its output, or closes; false: it closes when all is sent
    default boolean ended(Peer peer) throws Exception {
        return false;
    }

    /// The connection has ended.
    ///
    /// @param failure why, unless it was closed by one of the sides
    default void lost(Peer peer, Optional<IOException> failure) throws Exception {}

    /// More than 64 KiB wait to be sent: stop writing. Called inside of [Peer#write].
    default void pauseWriting(Peer peer) {}

    /// No more than 16 KiB wait to be sent: write on.
    default void resumeWriting(Peer peer) throws Exception {}

    /// Calls back until the connection has ended; a failure of the connection is told to [#lost] only.
    ///
    /// @param connection belongs to this from now on; if the caller is cancelled, it is reset
    /// @throws Exception what a callback threw
    static void over(Connection connection, Callbacks callbacks) throws Exception {
        new Peer(connection, callbacks).run();
    }

    /// A handler for [Listener#serve], with callbacks of its own for each connection.
    static Listener.Handler serving(Supplier<? extends Callbacks> maker) {
        return connection -> over(connection, maker.get());
    }
}
