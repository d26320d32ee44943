package dev.sluice.internal.poll;

/// The counters of one poller.
///
/// Threads: the loop thread only.
final class Counters {
    long polls;
    long systemCalls;
    long submitted;
    long completed;
    long cancels;
    long wakeups;
    long overflows;
    long stale;

    PollerStatistics snapshot() {
        return new PollerStatistics(polls, systemCalls, submitted, completed, cancels, wakeups, overflows, stale);
    }

    int inFlight() {
        return (int) (submitted - completed);
    }
}
