package dev.sluice.pool;

/// How many calls a worker process may have at once: as many as it answers within [#BUDGET], so that a call
/// which waits behind others there does not wait for long; one, until it has been seen to be fast.
///
/// Threads: one, the worker's coroutine.
final class Pace {
    /// The most that a worker has.
    static final int MOST = 128;

    private static final long BUDGET = 1_000_000; // nanoseconds
    private static final int WEIGHT = 4; // of what was before, against one new reading

    private long nanosPerCall = BUDGET;

    /// So many calls were answered, in so long. A slow one counts at once, a fast one by and by.
    void answered(int calls, long nanos) {
        long now = nanos / calls;
        nanosPerCall = now > nanosPerCall ? now : (nanosPerCall * (WEIGHT - 1) + now) / WEIGHT;
    }

    /// A call has turned out to be slow.
    void late() {
        nanosPerCall = Math.max(nanosPerCall, BUDGET);
    }

    int calls() {
        return Math.clamp(BUDGET / Math.max(1, nanosPerCall), 1, MOST);
    }
}
