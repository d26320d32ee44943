package dev.sluice.internal.io;

import dev.sluice.internal.loop.EventLoop;

/// A file that can be read at any position.
///
/// Threads: as each method says.
public interface OpenFile {
    /// Whose thread may ask for the descriptor. Any thread.
    EventLoop loop();

    /// What it is read by, or -1 when it is closed. Loop thread only, and valid to the next suspension point.
    int descriptor();
}
