package dev.sluice.layer;

import dev.sluice.net.Connection;
import java.io.IOException;
import java.util.function.Consumer;

/// What stands on a connection and is one: compression, TLS, a limit of speed, a fault on purpose.
///
/// A layer is what a [Stack] is told to put on top of itself; the connection that it makes does the work. That
/// one keeps the contract of [Connection]: a cancelled operation loses nothing, a write is bounded, closing
/// closes the connection below. `ConnectionContract` of `sluice-testing` checks it.
///
/// Threads: a layer is immutable, and may be used for any number of connections.
public interface Layer {
    /// What a layer does to a connection.
    @FunctionalInterface
    interface Over {
        /// Puts the layer on a connection. It may talk to the peer first, as a handshake does.
        ///
        /// @param lower belongs to the new connection from now on; if this fails, the caller aborts it
        Connection over(Connection lower) throws IOException;
    }

    /// What tables call it, such as `deflate`.
    String name();

    /// Its number in the OSI model, from 4 (transport) to 7 (application).
    int osi();

    /// Puts the layer on a connection. It may talk to the peer first, as a handshake does.
    ///
    /// @param lower belongs to the new connection from now on; if this fails, the caller aborts it
    Connection over(Connection lower) throws IOException;

    /// Lets so many bytes a second pass, in each direction.
    ///
    /// @param bytesPerSecond at least 1
    static Layer throttle(long bytesPerSecond) {
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException("throttle: bytesPerSecond=" + bytesPerSecond + ", expected 1 or more");
        }
        return of("throttle " + bytesPerSecond + " B/s", 4, lower -> new ThrottledConnection(lower, bytesPerSecond));
    }

    /// Tells what passes: for each call a line with both ends, the number of bytes, and the first 32 of them.
    ///
    /// @param log gets the lines, by the coroutine that reads or writes; it must neither suspend nor throw
    static Layer log(Consumer<? super String> log) {
        return of("log", 7, lower -> new LoggedConnection(lower, log));
    }

    /// A layer of a function.
    ///
    /// @param osi from 4 (transport) to 7 (application)
    static Layer of(String name, int osi, Over over) {
        if (osi < 4 || osi > 7) {
            throw new IllegalArgumentException("layer " + name + ": osi=" + osi + ", expected 4..7");
        }
        return new NamedLayer(name, osi, over);
    }
}
