package dev.sluice.internal.ranks;

import java.util.function.BooleanSupplier;

/// What one rank has of its group's connections, whatever the distance.
///
/// Threads: any; `to`, `from` and `await` by one strand at a time.
public interface Wiring {
    /// The name of the group, for people.
    String name();

    /// Whose this is.
    int rank();

    /// How many ranks the group began with.
    int size();

    /// Whether somebody says of each rank that will never come that it will not. Then the others wait until
    /// each has come or is known not to, and can go on without those.
    boolean isWatched();

    /// Who is there, and what has failed.
    Board board();

    /// The ring on which this rank sends to another.
    ByteRing to(int rank);

    /// The ring on which another rank sends to this one.
    ByteRing from(int rank);

    /// Suspends until there may be something to do, for nothing sometimes.
    ///
    /// @param open whether there is; cheap, and asked by any thread while this strand waits
    /// @param blocker what the strand is shown to wait for
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    void await(BooleanSupplier open, Object blocker);

    /// Wakes a rank, if it waits, after something that it may wait for has changed.
    void wake(int rank);

    /// Wakes all.
    default void wakeAll() {
        for (int rank = 0; rank < size(); rank++) {
            wake(rank);
        }
    }

    /// Gives the rank's place up, after the board says so. Once.
    void release();
}
