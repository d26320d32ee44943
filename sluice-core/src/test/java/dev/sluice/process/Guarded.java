package dev.sluice.process;

import dev.sluice.loop.Loops;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Starts the guardian before a test class, so that its socket, which stays, is no leak of that class; likewise
/// what the first loop opens for ever. Register it before those who count.
public final class Guarded implements BeforeAllCallback {
    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        Loops.open().close();
        Guardian.ensure("test");
    }
}
