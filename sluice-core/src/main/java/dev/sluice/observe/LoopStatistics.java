package dev.sluice.observe;

/// One reading of a loop. The loop goes on while it is read, so the numbers may be a tick apart from each
/// other.
///
/// @param index the loop's place in its group, from 0
/// @param backend how it polls: `io_uring`, `epoll`, `nio`, `simulated`
/// @param now what there is at this moment
/// @param totals what happened since the start
/// @param times where the time went since the start
public record LoopStatistics(int index, String backend, Now now, Totals totals, Times times) {
    /// @param ready coroutines that could run
    /// @param timers timers armed
    /// @param operations I/O operations in flight
    public record Now(int ready, long timers, int operations) {}

    /// @param resumes how often a coroutine was started or continued
    /// @param received what other threads handed over
    /// @param timersFired timers that ended by time
    /// @param sleeps how often the loop had nothing to do
    /// @param completions I/O operations ended
    /// @param slices runs of ready coroutines
    /// @param slicesCut slices that ended by the budget, with coroutines left
    /// @param stalls how often a coroutine held the loop beyond the stall limit
    public record Totals(
            long resumes,
            long received,
            long timersFired,
            long sleeps,
            long completions,
            long slices,
            long slicesCut,
            long stalls) {}

    /// @param busyNanos spent in coroutines
    /// @param longestSliceNanos the longest that timers and I/O waited for coroutines
    /// @param starvedNanos how long timers and I/O waited beyond the slice budget, summed up
    public record Times(long busyNanos, long longestSliceNanos, long starvedNanos) {}
}
