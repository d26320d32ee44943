package dev.sluice.internal.shm;

import dev.sluice.internal.linux.CallState;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// What any thread brings to a system call that does not block: one state is kept, more are made when several
/// threads call at once.
///
/// Threads: any. Nobody suspends between [#take] and [#give].
final class Calls {
    private final AtomicReference<@Nullable CallState> spare = new AtomicReference<>(new CallState());

    CallState take() {
        CallState kept = spare.getAndSet(null); // acquires; pairs with the release in give
        return kept != null ? kept : new CallState();
    }

    void give(CallState state) {
        spare.setRelease(state); // pairs with the getAndSet in take
    }
}
