package dev.sluice.internal.shm;

import dev.sluice.space.Space;
import dev.sluice.testing.ConnectionContract;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// Pipes of bytes between two openings of a `shm:` space.
class ShmConnectionTest extends ConnectionContract {
    private final String address = "shm:sluice-test-" + UUID.randomUUID();
    private Space one;
    private Space two;

    @BeforeEach
    void openSpaces() {
        one = Space.open(address);
        two = Space.open(address);
    }

    @AfterEach
    void closeSpaces() {
        one.close();
        two.close();
        Shared.destroy(address);
    }

    @Override
    protected Pair open() {
        return new Pair(one.connection("line"), two.connection("line"));
    }

    /// What was written is where the peer reads it, also if this process ends.
    @Override
    protected boolean keepsBytes() {
        return false;
    }
}
