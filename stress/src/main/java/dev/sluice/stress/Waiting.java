package dev.sluice.stress;

import dev.sluice.task.CancelScope;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A party that waits already when the actors begin: so that two of them can race for the end of its wait.
///
/// It is a virtual thread of the JDK, to Sluice a thread that is not its own: thousands are prepared for a
/// round, and each costs microseconds.
///
/// Threads: made before the actors; `cancel` any; `outcome` the arbiter.
final class Waiting {
    /// What [#outcome] says of a wait that was cancelled.
    static final String CANCELLED = "cancelled";

    private final Thread thread;
    private volatile @Nullable CancelScope scope; // the party, before it waits
    private String outcome = "not ended"; // the party; read after it has ended

    /// @param body waits once and says how it ended
    Waiting(Supplier<String> body) {
        thread = Thread.startVirtualThread(() -> {
            try {
                boolean whole = CancelScope.run(own -> {
                    scope = own;
                    outcome = body.get();
                });
                if (!whole) {
                    outcome = CANCELLED;
                }
            } catch (RuntimeException | AssertionError failure) {
                outcome = failure.toString();
            }
        });
        Thread.State state = thread.getState();
        while (state != Thread.State.WAITING && state != Thread.State.TERMINATED) {
            Thread.yield();
            state = thread.getState();
        }
    }

    /// Cancels the wait.
    ///
    /// @return whether its scope had not been left
    boolean cancel() {
        CancelScope seen = scope;
        assert seen != null : "it does not wait yet";
        return seen.cancel("stress");
    }

    /// How the wait ended; waits for that.
    String outcome() {
        try {
            thread.join();
        } catch (InterruptedException e) {
            return "the arbiter was interrupted";
        }
        return outcome;
    }
}
