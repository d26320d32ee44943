package dev.sluice.cli.map;

import dev.sluice.cancel.CancelledException;
import dev.sluice.pool.Pool;
import dev.sluice.task.CancelScope;
import dev.sluice.time.Clock;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs items, one after the other, each until it succeeds or has used up its attempts.
///
/// Threads: one coroutine.
final class Worker {
    private static final int SMALL_BUFFER = 4 * 1024;

    /// What all workers share.
    /// @param pool the workers of a Java method; null for a command
    record Shared(
            Plan plan,
            Intake intake,
            Window window,
            Records records,
            Tally tally,
            Halting halting,
            @Nullable Pool pool) {}

    private final Shared shared;
    private final Clock clock = Clock.system();

    /// Where the outputs of an item are read to first; most need no other buffer.
    private byte[][] buffers = {};

    Worker(Shared shared) {
        this.shared = shared;
    }

    /// Works until there are no more items.
    void run() throws IOException {
        for (Slot slot = shared.intake().next();
                slot != null;
                slot = shared.intake().next()) {
            shared.tally().started();
            if (buffers.length == 0) {
                buffers = new byte[Slot.STREAMS][SMALL_BUFFER]; // not before: there may be more workers than items
            }
            work(slot, shared.plan().template().fill(slot.item.bytes()));
        }
    }

    private void work(Slot slot, List<byte[]> words) throws IOException {
        Plan plan = shared.plan();
        int attempts = 1;
        JobRecord record = attempt(slot, words);
        while (record.ending().mayBeRetried()
                && attempts <= plan.retries()
                && shared.window().discard(slot)) {
            shared.records().log(record);
            attempts++;
            if (attempts > plan.retries()) {
                shared.window().commit(slot);
            }
            record = attempt(slot, words);
        }
        shared.tally().ended(slot.item, record.ending(), attempts);
        JobRecord loggable = shared.window().complete(slot, record);
        if (loggable != null) {
            shared.records().log(loggable);
        }
        if (!record.ending().succeeded()) {
            shared.halting().failed();
        }
    }

    private JobRecord attempt(Slot slot, List<byte[]> words) throws IOException {
        Instant start = clock.now();
        long begin = clock.nanoTime();
        Ending ending = runWithinReach(slot, words);
        return new JobRecord(
                slot.item,
                words,
                start,
                clock.nanoTime() - begin,
                shared.window().received(slot),
                ending);
    }

    private Ending runWithinReach(Slot slot, List<byte[]> words) throws IOException {
        if (shared.plan().halt() != Halt.NOW) {
            return runAndKeep(slot, words);
        }
        Ending[] ending = {new Ending.Halted()};
        CancelScope.run(scope -> {
            shared.halting().begin(scope);
            try {
                ending[0] = runAndKeep(slot, words);
            } finally {
                shared.halting().end(scope);
            }
        });
        return ending[0];
    }

    private Ending runAndKeep(Slot slot, List<byte[]> words) throws IOException {
        try (ResultsDirectory.Entry results = shared.records().begin(slot.item)) {
            try {
                Ending ending = run(slot, words, results);
                if (results != null) {
                    results.end(ending);
                }
                return ending;
            } catch (CancelledException cut) {
                if (results != null) {
                    CancelScope.shield(() -> results.end(new Ending.Halted()));
                }
                throw cut;
            }
        }
    }

    private Ending run(Slot slot, List<byte[]> words, ResultsDirectory.@Nullable Entry results) throws IOException {
        Plan plan = shared.plan();
        Pool pool = shared.pool();
        if (pool == null) {
            return new Attempt(plan, shared.window(), slot, buffers, results).run(words);
        }
        JavaMethod method = plan.work().method().orElseThrow();
        return new JavaAttempt(plan, shared.window(), slot, pool, results).run(method);
    }
}
