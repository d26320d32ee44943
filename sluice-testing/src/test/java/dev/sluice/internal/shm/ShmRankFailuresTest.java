package dev.sluice.internal.shm;

import dev.sluice.testing.RankFailuresContract;
import java.util.UUID;

/// Ranks that have shared memory between them, in one process.
class ShmRankFailuresTest extends RankFailuresContract {
    private final String space = "shm:sluice-test-" + UUID.randomUUID();

    @Override
    protected String address(String name) {
        return space + "/" + name;
    }

    @Override
    protected void destroy() {
        Shared.destroy(space);
    }
}
