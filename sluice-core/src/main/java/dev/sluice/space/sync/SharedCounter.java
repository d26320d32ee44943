package dev.sluice.space.sync;

/// A number of 64 bits that all members of a space change, each change in one step.
///
/// ```java
/// SharedCounter done = space.counter("done");
/// done.add(1);                                                // in the workers
/// done.awaitAtLeast(total);                                   // in who shows the progress
/// ```
///
/// It begins at zero and wraps around at the ends of its range.
///
/// Threads: any.
public interface SharedCounter {
    /// The name in its space.
    String name();

    /// What it is now.
    long get();

    /// Adds to it.
    ///
    /// @param delta below zero too
    /// @return what it became
    long add(long delta);

    /// Makes it a number.
    void set(long value);

    /// Makes it a number, if it is what the caller believes.
    ///
    /// @return whether it was
    boolean compareAndSet(long expected, long value);

    /// Waits until it is at least so much. One who waits sees each number that lasts; what is reached and left
    /// again at once may be missed.
    ///
    /// @return what it was then
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    long awaitAtLeast(long value);
}
