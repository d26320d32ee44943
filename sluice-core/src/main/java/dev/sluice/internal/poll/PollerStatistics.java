package dev.sluice.internal.poll;

/// What a poller has counted since it was opened.
///
/// @param polls calls of [Poller#poll]
/// @param systemCalls how often it entered the kernel
/// @param submitted operations started
/// @param completed operations ended
/// @param cancels early ends asked for
/// @param wakeups wake-ups seen by the loop, several at once counted as one
/// @param overflows how often the kernel had more completions than its ring holds
/// @param stale completions and events that belonged to nothing any more, and were dropped
public record PollerStatistics(
        long polls,
        long systemCalls,
        long submitted,
        long completed,
        long cancels,
        long wakeups,
        long overflows,
        long stale) {}
