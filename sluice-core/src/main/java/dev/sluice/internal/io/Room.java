package dev.sluice.internal.io;

import java.nio.ByteBuffer;

/// The room in a buffer, looked at before a reader waits or takes anything: so a buffer that takes nothing costs
/// no byte.
public final class Room {
    private Room() {}

    /// Whether there is any.
    ///
    /// @param source what is read, as its text names it
    /// @throws IllegalArgumentException if the buffer is read-only
    public static boolean in(ByteBuffer into, Object source) {
        if (into.isReadOnly()) {
            throw new IllegalArgumentException("read " + source + ": read-only buffer, expected one that takes bytes");
        }
        return into.hasRemaining();
    }
}
