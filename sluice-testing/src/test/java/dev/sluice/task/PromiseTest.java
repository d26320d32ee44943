package dev.sluice.task;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;

/// Promises and their bridges to the JDK's futures.
@Tag("needs-opens")
class PromiseTest {
    @Simulated(seeds = 200)
    void everyAwaiterGetsTheOneValue(Simulation simulation) {
        var promise = new Promise<Integer>("answer");
        List<Integer> seen = new ArrayList<>();
        List<Integer> won = new ArrayList<>();
        int awaiters = simulation.random().nextInt(1, 8);
        try (var group = TaskGroup.open()) {
            for (int i = 0; i < awaiters; i++) {
                int delay = simulation.random().nextInt(3);
                group.start("awaiter", () -> {
                    Sluice.sleep(ofMillis(delay));
                    seen.add(promise.await());
                });
            }
            for (int i = 0; i < 3; i++) {
                int value = i;
                int delay = simulation.random().nextInt(3);
                group.start("completer", () -> {
                    Sluice.sleep(ofMillis(delay));
                    if (promise.complete(value)) {
                        won.add(value);
                    }
                });
            }
            group.join();
        }
        assertThat(won).hasSize(1);
        assertThat(seen).hasSize(awaiters).containsOnly(won.getFirst());
    }

    @Simulated(seeds = 200)
    void cancelledAwaitersLeaveThePromiseUsable(Simulation simulation) {
        var promise = new Promise<Integer>("answer");
        List<String> seen = new ArrayList<>();
        try (var group = TaskGroup.open(JoinPolicy.<Object>collectAll())) {
            List<Task<?>> awaiters = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                awaiters.add(group.start("a" + i, () -> {
                    promise.await();
                    seen.add(Simulation.current().elapsed().toString());
                }));
            }
            Simulation.awaitAllBlocked();
            for (Task<?> awaiter : awaiters) {
                if (simulation.random().nextBoolean()) {
                    awaiter.cancel("stop");
                }
            }
            Sluice.sleep(ofSeconds(1));
            promise.complete(1);
            group.join();
            long left =
                    awaiters.stream().filter(task -> task.outcome().succeeded()).count();
            assertThat(seen).hasSize((int) left).allMatch("PT1S"::equals);
        }
    }

    @Simulated
    void failureAndCancellationReachTheAwaiter() {
        var failed = new Promise<Integer>("failed");
        failed.fail(new IOException("no value"));
        assertThatThrownBy(failed::await)
                .isInstanceOf(TaskFailedException.class)
                .hasCauseInstanceOf(IOException.class)
                .hasMessageContaining("failed");
        var cancelled = new Promise<Integer>("cancelled");
        cancelled.cancel("nobody needs it");
        assertThatThrownBy(cancelled::await)
                .isInstanceOf(CancelledException.class)
                .hasMessage("cancelled: nobody needs it (asked by main)");
        assertThat(cancelled.complete(1)).isFalse();
    }

    @Simulated
    @SuppressWarnings("NullAway") // the point of it
    void failureHasAReason() {
        var promise = new Promise<Integer>("failed");
        assertThatThrownBy(() -> promise.fail(null)).isInstanceOf(NullPointerException.class);
        assertThat(promise.isDone()).isFalse();
    }

    @Simulated
    void stagesOfTheJdkAreAwaited(Simulation simulation) {
        var future = new CompletableFuture<Integer>();
        try (var group = TaskGroup.open()) {
            group.start("completer", () -> {
                Sluice.sleep(ofSeconds(1));
                future.complete(42);
            });
            Integer next = Sluice.await(future.thenApply(value -> value + 1));
            assertThat(next).isEqualTo(43);
            group.join();
        }
        assertThat(simulation.elapsed()).isEqualTo(ofSeconds(1));
    }

    @Simulated
    void futuresOfPromisesFollowThem() {
        var promise = new Promise<Integer>("answer");
        CompletableFuture<Integer> future = promise.toFuture();
        assertThat(future.isDone()).isFalse();
        promise.complete(1);
        assertThat(future).isCompletedWithValue(1);
        var failed = new Promise<Integer>("failed");
        failed.fail(new IOException("no value"));
        assertThat(failed.toFuture()).isCompletedExceptionally();
    }
}
