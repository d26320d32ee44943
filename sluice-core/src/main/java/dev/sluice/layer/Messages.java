package dev.sluice.layer;

import dev.sluice.codec.Codec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A connection of values: each `send` is one `receive` of the peer.
///
/// What [Frames] say of cancellation, of turns and of errors holds here: any number of tasks may send, one at a
/// time receives, and a cancelled operation leaves the connection as it was. A message that cannot be decoded
/// is a [LayerException] and has been taken; the next one can be received.
///
/// Threads: any coroutine, and any thread that may block.
///
/// @param <T> the messages, in both directions; a sealed interface of records where there are several
public final class Messages<T> implements Iterable<T>, AutoCloseable {
    private static final int PRESENTATION = 6;

    private final Frames frames;
    private final Codec<T> codec;

    private Messages(Frames frames, Codec<T> codec) {
        this.frames = frames;
        this.codec = codec;
    }

    /// Messages in frames.
    ///
    /// @param frames belong to the messages from now on
    public static <T> Messages<T> over(Frames frames, Codec<T> codec) {
        return new Messages<>(frames, codec);
    }

    /// Sends a message.
    ///
    /// @throws dev.sluice.codec.CodecException if it cannot be encoded; nothing has been sent
    /// @throws LayerException if it is larger than a frame may be; nothing has been sent
    public void send(T message) throws IOException {
        frames.send(message, codec);
    }

    /// Receives a message.
    ///
    /// @return empty at the end
    /// @throws LayerException if the peer has sent something else
    public Optional<T> receive() throws IOException {
        return frames.receive(codec);
    }

    /// The messages that come, to the end. Failures are [UncheckedIOException].
    @Override
    public Iterator<T> iterator() {
        return new Coming();
    }

    /// Ends the sending: the peer receives the end behind all messages. Receiving goes on.
    public void closeOutput() throws IOException {
        frames.closeOutput();
    }

    /// Ends both directions, when what was sent has gone to the system; see [dev.sluice.net.Connection#close].
    @Override
    public void close() throws IOException {
        frames.close();
    }

    /// Ends both directions at once, and drops what was sent; see [dev.sluice.net.Connection#abort].
    public void abort() {
        frames.abort();
    }

    /// What has passed each layer so far, from the top down.
    public List<LayerStatistics> layers() {
        List<LayerStatistics> all = new ArrayList<>(frames.layers());
        LayerStatistics below = all.getFirst();
        all.addFirst(new LayerStatistics(PRESENTATION, codec.toString(), below.in(), below.out(), Duration.ZERO));
        return List.copyOf(all);
    }

    /// What has passed each layer so far, as a table for people.
    public String describe() {
        return LayerStatistics.table(layers());
    }

    @Override
    public String toString() {
        return frames.toString();
    }

    /// Looks one message ahead, because an iterator has to know whether there is one.
    private final class Coming implements Iterator<T> {
        private @Nullable T next;

        @Override
        public boolean hasNext() {
            if (next == null) {
                try {
                    next = receive().orElse(null);
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            }
            return next != null;
        }

        @Override
        public T next() {
            if (!hasNext()) {
                throw new NoSuchElementException("messages of " + frames + ": the end has come");
            }
            T message = next;
            next = null;
            assert message != null;
            return message;
        }
    }
}
