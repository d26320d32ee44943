package dev.sluice.layer;

import dev.sluice.codec.Cbor;
import dev.sluice.codec.Codec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/// A connection that keeps the boundaries of what is sent: each `send` is one `receive` of the peer.
///
/// *Sending* hands a whole frame over, as a write of [dev.sluice.net.Connection] does with bytes: what a task
/// sends between two suspensions goes out together. Any number of tasks may send; each waits for its turn. A
/// cancelled send has sent nothing, or everything; half a frame never stays behind.
///
/// *Receiving* waits for a whole frame. A cancelled one keeps what has come for the next. One task at a time
/// receives; a second one gets [dev.sluice.io.StreamBusyException].
///
/// What the peer must not send is a [LayerException]; those of the framing repeat at each later receive, as
/// nobody knows where the next frame begins. Other errors are those of the connection below.
///
/// Threads: any coroutine, and any thread that may block.
public interface Frames extends AutoCloseable {
    /// Sends the remaining bytes of a buffer as one frame.
    ///
    /// @throws LayerException if they are more than the limit; nothing has been sent
    /// @throws IllegalArgumentException if the framing cannot carry them: a line feed in a line
    void send(ByteBuffer payload) throws IOException;

    /// Sends what a codec makes of a value as one frame, without a copy in between.
    ///
    /// @throws dev.sluice.codec.CodecException if it cannot be encoded; nothing has been sent
    /// @throws LayerException if it is larger than the limit; nothing has been sent
    <T> void send(T value, Codec<T> codec) throws IOException;

    /// Sends an array as one frame.
    default void send(byte[] payload) throws IOException {
        send(ByteBuffer.wrap(payload));
    }

    /// Receives a frame into a buffer, at its position.
    ///
    /// @return how many bytes it has, which may be 0; -1 at the end
    /// @throws dev.sluice.io.LimitExceededException if the buffer has no room for it; it stays to be received
    int receive(ByteBuffer into) throws IOException;

    /// Receives a frame and decodes it, without a copy in between.
    ///
    /// @return empty at the end
    /// @throws LayerException if it cannot be decoded; it has been taken, and the next can be received
    <T> Optional<T> receive(Codec<T> codec) throws IOException;

    /// Receives a frame as an array of its own.
    ///
    /// @return empty at the end
    default Optional<byte[]> receive() throws IOException {
        return receive(Codec.raw());
    }

    /// Ends the sending: the peer receives the end behind all frames. Receiving goes on.
    void closeOutput() throws IOException;

    /// Ends both directions, when what was sent has gone to the system; see [dev.sluice.net.Connection#close].
    @Override
    void close() throws IOException;

    /// Ends both directions at once, and drops what was sent; see [dev.sluice.net.Connection#abort].
    void abort();

    /// What has passed each layer so far, from the top down.
    List<LayerStatistics> layers();

    /// What has passed each layer so far, as a table for people.
    default String describe() {
        return LayerStatistics.table(layers());
    }

    /// Messages in these frames.
    default <T> Messages<T> messages(Codec<T> codec) {
        return Messages.over(this, codec);
    }

    /// Messages in CBOR; see [Cbor], which also makes codecs for generic types and with other limits.
    default <T> Messages<T> cbor(Class<T> type) {
        return messages(Cbor.of(type));
    }

    /// Text in UTF-8.
    default Messages<String> utf8() {
        return messages(Codec.utf8());
    }
}
