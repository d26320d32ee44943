package dev.sluice.io;

import dev.sluice.loop.Loops;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Opens before a test class what the first loop opens for ever. Register it before those who count.
final class LoopsPrimed implements BeforeAllCallback {
    @Override
    public void beforeAll(ExtensionContext context) {
        Loops.open().close();
    }
}
