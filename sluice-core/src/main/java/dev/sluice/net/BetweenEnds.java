package dev.sluice.net;

import dev.sluice.net.NetException.Ends;
import java.util.Objects;

/// A connection that keeps what it is between as one.
///
/// Threads: as [Connection].
interface BetweenEnds extends Connection {
    /// Both are known.
    Ends ends();

    @Override
    default Address local() {
        return Objects.requireNonNull(ends().local());
    }

    @Override
    default Address remote() {
        return Objects.requireNonNull(ends().remote());
    }
}
