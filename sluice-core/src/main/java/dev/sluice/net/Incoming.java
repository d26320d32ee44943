package dev.sluice.net;

import dev.sluice.cancel.CancelledException;
import java.nio.ByteBuffer;

/// How a connection gets what its peer sends.
///
/// Threads: `read` one strand at a time; the rest the loop thread.
interface Incoming {
    /// Reads at least a byte, and moves the buffer's position. Waits until there is something.
    ///
    /// @return how many; 0 at the end; or a negative result: [KernelSocket#CLOSED],
    ///     [dev.sluice.internal.io.SuspendedOperation#LOOP_ENDED], the negated `errno`
    /// @throws CancelledException if the caller is cancelled; nothing has been read then
    int read(ByteBuffer into);

    /// Sees to it that what is in flight ends soon: the connection is being closed.
    void stop();

    /// Gives up what was received and not read; nothing is in flight any more.
    ///
    /// @return whether there was any
    boolean discard();
}
