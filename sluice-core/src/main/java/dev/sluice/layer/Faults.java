package dev.sluice.layer;

import dev.sluice.net.Connection;
import java.time.Duration;

/// Bad luck on purpose, for tests: what is written through this layer arrives late, in pieces, not at all, or
/// ends in a reset. The same seed gives the same bad luck to the same bytes.
///
/// @param seed of the random choices
/// @param delay how long bytes are held back at most, each piece by a random time; zero for none
/// @param piece bytes that are passed, and read, at a time at most; 1 takes them apart entirely
/// @param dropAfter bytes after which nothing more arrives, not even the end of the output, without an error
/// @param resetAfter bytes after which the connection is aborted
public record Faults(long seed, Duration delay, int piece, long dropAfter, long resetAfter) implements Layer {
    private static final int NO_PIECES = 1 << 16;

    public Faults {
        if (delay.isNegative() || piece < 1 || dropAfter < 0 || resetAfter < 0) {
            throw new IllegalArgumentException("faults: delay=" + delay + " piece=" + piece + " dropAfter=" + dropAfter
                    + " resetAfter=" + resetAfter + ", expected a piece from 1 on, and nothing negative");
        }
    }

    /// No faults yet.
    ///
    /// @param seed of the random choices
    public static Faults seeded(long seed) {
        return new Faults(seed, Duration.ZERO, NO_PIECES, Long.MAX_VALUE, Long.MAX_VALUE);
    }

    public Faults withDelay(Duration most) {
        return new Faults(seed, most, piece, dropAfter, resetAfter);
    }

    public Faults withPieces(int bytes) {
        return new Faults(seed, delay, bytes, dropAfter, resetAfter);
    }

    public Faults withDropAfter(long bytes) {
        return new Faults(seed, delay, piece, bytes, resetAfter);
    }

    public Faults withResetAfter(long bytes) {
        return new Faults(seed, delay, piece, dropAfter, bytes);
    }

    @Override
    public String name() {
        return "faults";
    }

    @Override
    public int osi() {
        return 4;
    }

    @Override
    public Connection over(Connection lower) {
        return new FaultyConnection(lower, this);
    }
}
