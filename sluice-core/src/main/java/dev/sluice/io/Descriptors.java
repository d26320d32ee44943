package dev.sluice.io;

import dev.sluice.internal.io.LoopCalls;
import dev.sluice.internal.loop.EventLoop;

/// Descriptors of this process as streams of the caller's loop: of pipes, sockets, terminals, files.
///
/// Only where the loop's poller performs operations: on Linux, unless the back end is `NIO`.
///
/// Threads: a coroutine; the stream belongs to its loop, but others may use it too.
public final class Descriptors {
    private Descriptors() {}

    /// Whether the caller's loop can do this.
    public static boolean possible() {
        return LoopCalls.possible(LoopCalls.currentLoop("descriptors"));
    }

    /// A source that reads a descriptor and closes it in the end.
    ///
    /// @param fd belongs to the source from now on. No other process may use its open file description, whose
    ///     flags are changed
    /// @param name for messages
    /// @throws StreamException if bytes cannot be read from it; it is still the caller's then
    public static ByteSource source(int fd, String name) throws StreamException {
        return new DescriptorSource(Handle.own(calls("source " + name), fd, name));
    }

    /// A sink that writes to a descriptor and closes it in the end.
    ///
    /// @param fd belongs to the sink from now on, as for [#source]
    /// @param name for messages
    /// @throws StreamException if bytes cannot be written to it; it is still the caller's then
    public static ByteSink sink(int fd, String name) throws StreamException {
        return new DescriptorSink(Handle.own(calls("sink " + name), fd, name));
    }

    private static LoopCalls calls(String purpose) {
        EventLoop loop = LoopCalls.currentLoop(purpose);
        if (!LoopCalls.possible(loop)) {
            throw new UnsupportedOperationException(purpose + ": poller="
                    + loop.poller().name() + ", expected one that performs operations; use BlockingStreams");
        }
        return LoopCalls.of(loop);
    }
}
