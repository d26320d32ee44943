package dev.sluice.space.sync;

/// Where a fixed number of parties, tasks of any members of a space, wait for each other, round after round.
///
/// A party that is cancelled, or dies, while it waits has not arrived: the round waits for another one. Where a
/// party may never come, wait under a [dev.sluice.task.Deadline], and [#abort] when it is over.
///
/// Threads: any.
public interface SharedBarrier {
    /// The name in its space.
    String name();

    /// How many parties a round has: what the first to open it said.
    int parties();

    /// Arrives, and waits until all parties have.
    ///
    /// @return 0 to parties - 1, in the order of arrival; each once in a round
    /// @throws dev.sluice.space.SpaceException `BROKEN` if the barrier is, or becomes so meanwhile
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled; it has not arrived then
    int await();

    /// Breaks the barrier, for those who wait and those who come, until a [#reset].
    ///
    /// @param why for people, up to 64 bytes of it in UTF-8
    /// @return false if it was broken already
    boolean abort(String why);

    /// Begins a new round and mends a broken barrier. For those who wait it is broken.
    void reset();
}
