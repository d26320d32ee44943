package dev.sluice.bench.core;

import dev.sluice.bench.Load;
import java.util.concurrent.CompletableFuture;

/// A peer's load: its body is a virtual thread on the JDK's scheduler, as ours is a coroutine.
abstract class OneVirtualThread implements Load {
    @Override
    public final long run(long operations) throws Exception {
        var result = new CompletableFuture<Long>();
        Thread.ofVirtual().start(() -> {
            try {
                result.complete(body(operations));
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        return result.get();
    }

    abstract long body(long operations) throws Exception;
}
