package dev.sluice.flow;

import dev.sluice.Sluice;
import dev.sluice.loop.Loops;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.task.Call;
import dev.sluice.task.Promise;
import dev.sluice.task.TaskGroup;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.reactivestreams.tck.TestEnvironment;

/// Where the Technology Compatibility Kit finds our side: a loop, and a group that stays open meanwhile.
///
/// Threads: the kit's.
final class TckRig {
    private static final long PATIENCE_MILLIS = 20_000; // a liveness limit, not a measure
    private static final long POLL_MILLIS = 20; // between two looks
    private static final long SILENCE_MILLIS = 50; // how long the kit listens for what must not come

    private final Loops loops = Loops.open(LoopsConfig.defaults().withCount(1).withStallLimit(Duration.ZERO));
    private final Promise<Boolean> stop = new Promise<>("stop");
    private final CompletableFuture<TaskGroup<Object, Void>> opened = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    TckRig() {
        Thread.ofPlatform().daemon().name("tck").start(() -> {
            try {
                call(() -> {
                    try (var group = TaskGroup.open()) {
                        opened.complete(group);
                        stop.await();
                        group.cancel("the kit has ended");
                    } catch (RuntimeException cancelled) {
                        // by the line above, without a join
                    }
                    return true;
                });
                ended.complete(null);
            } catch (Throwable failure) {
                opened.completeExceptionally(failure);
                ended.completeExceptionally(failure);
            }
        });
    }

    static TestEnvironment environment() {
        return new TestEnvironment(PATIENCE_MILLIS, SILENCE_MILLIS, POLL_MILLIS);
    }

    TaskGroup<Object, Void> group() {
        return opened.join();
    }

    <T> T call(Call<T, RuntimeException> body) {
        return Sluice.callOn(loops.loop(0), "tck", body);
    }

    void end() throws Exception {
        stop.complete(true);
        ended.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        loops.close();
    }
}
