package dev.sluice.io;

import java.io.InputStream;
import java.io.OutputStream;

/// Streams of the JDK as ours: each operation that is in flight occupies a thread, and no loop.
///
/// This is what everything here falls back to where the loop's poller performs no operations. A read that was
/// cancelled goes on behind the scenes and is the beginning of the next one, so no byte is lost; a write that
/// was cancelled counts as written as far as it was handed over.
public final class BlockingStreams {
    private BlockingStreams() {}

    /// A source that reads a blocking stream.
    ///
    /// @param stream belongs to the source from now on
    /// @param name for messages
    public static ByteSource source(InputStream stream, String name) {
        return new PumpedSource(stream, name);
    }

    /// A sink that writes to a blocking stream and flushes it each time.
    ///
    /// @param stream belongs to the sink from now on
    /// @param name for messages
    public static ByteSink sink(OutputStream stream, String name) {
        return new PumpedSink(stream, name);
    }
}
