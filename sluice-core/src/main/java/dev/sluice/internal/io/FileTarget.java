package dev.sluice.internal.io;

import java.io.IOException;

/// A sink into which the system can move a file without a copy through this process.
///
/// Threads: any coroutine, and any thread that may block.
public interface FileTarget {
    /// A result: it does not work for this file, or here; its bytes have to be read and written.
    int COPY = -1;

    /// Writes some bytes of a file, behind everything that was written before.
    ///
    /// @param position where in the file
    /// @param most at least 1
    /// @return how many, at least 1; 0 if the file ends at the position or before it; or [#COPY]
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled; nothing has been written then
    /// @throws IOException if the sink fails
    int writeFrom(OpenFile file, long position, long most) throws IOException;
}
