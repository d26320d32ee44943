package dev.sluice.tls;

import dev.sluice.internal.strand.Completion;
import org.jspecify.annotations.Nullable;

/// What is to be waited for by those who find somebody else at work.
///
/// Threads: any; guarded by the owner's lock.
final class Progress {
    private @Nullable Completion<Boolean> next;

    /// Completed by the next [#tell].
    Completion<Boolean> next() {
        Completion<Boolean> known = next;
        if (known == null) {
            known = new Completion<>();
            next = known;
        }
        return known;
    }

    void tell() {
        Completion<Boolean> waiting = next;
        if (waiting != null) {
            next = null;
            waiting.complete(true);
        }
    }
}
