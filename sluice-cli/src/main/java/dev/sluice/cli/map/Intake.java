package dev.sluice.cli.map;

import dev.sluice.Sluice;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Where workers get their items: taking one from the source and giving it its place in the window is one step,
/// or the order of the outputs would not be that of the input.
///
/// Threads: any; `turn` is held while its holder waits for input or room, in which case all others wait for the
/// same.
final class Intake {
    private static final int SKIPS_BETWEEN_YIELDS = 256;

    private final Plan plan;
    private final ItemSource source;
    private final Window window;
    private final Records records;
    private final Tally tally;
    private final ReentrantLock turn = new ReentrantLock();

    Intake(Plan plan, ItemSource source, Window window, Records records, Tally tally) {
        this.plan = plan;
        this.source = source;
        this.window = window;
        this.records = records;
        this.tally = tally;
    }

    /// The next item that is to be run, in its slot; null when there are no more.
    @Nullable Slot next() throws IOException {
        Waiting.lock(turn);
        try {
            window.awaitRoom();
            int skips = 0;
            for (Item item = source.next(); item != null; item = source.next()) {
                if (!records.succeededBefore(item, plan.template())) {
                    return window.take(item, plan.retries() == 0);
                }
                tally.skipped();
                if (++skips % SKIPS_BETWEEN_YIELDS == 0) {
                    Sluice.yield();
                }
            }
            return null;
        } finally {
            turn.unlock();
        }
    }
}
