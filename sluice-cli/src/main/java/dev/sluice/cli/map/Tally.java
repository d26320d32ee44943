package dev.sluice.cli.map;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/// What has happened so far: the numbers of the progress line, and what the summary says of the failures.
///
/// Bounded: only the first failures are kept by name, the others are counted by reason.
///
/// Threads: any.
final class Tally {
    static final int NAMED_FAILURES = 20;
    static final int REASONS = 50;

    /// One failed item.
    record Failure(Item item, Ending ending, int attempts) {}

    /// The numbers at one moment.
    ///
    /// @param done items that succeeded
    /// @param failed items that failed for good
    /// @param halted items that we ended because another one failed
    /// @param running items that run now
    /// @param skipped items that a joblog says were done before
    /// @param retries attempts beyond the first of their item
    record Counts(long done, long failed, long halted, long running, long skipped, long retries) {
        /// Items that have their end, those of an earlier run included.
        long over() {
            return done + failed + halted + skipped;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private long done;
    private long failed;
    private long halted;
    private long running;
    private long skipped;
    private long retries;
    private final List<Failure> named = new ArrayList<>();
    private final Map<String, Long> unnamed = new TreeMap<>();

    void started() {
        lock.lock();
        try {
            running++;
        } finally {
            lock.unlock();
        }
    }

    void skipped() {
        lock.lock();
        try {
            skipped++;
        } finally {
            lock.unlock();
        }
    }

    /// The item has its end, after so many attempts.
    void ended(Item item, Ending ending, int attempts) {
        lock.lock();
        try {
            running--;
            retries += Math.max(0, attempts - 1);
            if (ending.succeeded()) {
                done++;
            } else if (ending instanceof Ending.Halted) {
                halted++;
            } else {
                failed++;
                remember(new Failure(item, ending, attempts));
            }
        } finally {
            lock.unlock();
        }
    }

    private void remember(Failure failure) {
        if (named.size() < NAMED_FAILURES) {
            named.add(failure);
            return;
        }
        String reason = failure.ending().describe();
        boolean room = unnamed.size() < REASONS || unnamed.containsKey(reason);
        unnamed.merge(room ? reason : "other reasons", 1L, Long::sum);
    }

    Counts counts() {
        lock.lock();
        try {
            return new Counts(done, failed, halted, running, skipped, retries);
        } finally {
            lock.unlock();
        }
    }

    /// The first failures, in the order of the items.
    List<Failure> named() {
        lock.lock();
        try {
            return named.stream()
                    .sorted(Comparator.comparingLong(failure -> failure.item().seq()))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /// How many further failures there were, by reason.
    Map<String, Long> unnamed() {
        lock.lock();
        try {
            return new TreeMap<>(unnamed);
        } finally {
            lock.unlock();
        }
    }
}
