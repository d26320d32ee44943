package dev.sluice.space;

import dev.sluice.testing.ConnectionContract;
import org.junit.jupiter.api.AfterEach;

/// Pipes of bytes of a `local:` space.
class LocalConnectionTest extends ConnectionContract {
    private final Space space = Space.open("local:");

    @AfterEach
    void close() {
        space.close();
    }

    @Override
    protected Pair open() {
        return new Pair(space.connection("line"), space.connection("line"));
    }

    /// What was written is where the peer reads it.
    @Override
    protected boolean keepsBytes() {
        return false;
    }
}
