package dev.sluice.testing;

import dev.sluice.Sluice;
import dev.sluice.loop.Loops;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.task.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/// The parties of a contract test, each a strand of its own, in one of several places.
///
/// Contract suites run each test in every place, so that what holds on one loop is shown to hold across loops
/// and for threads that are not ours.
///
/// Threads: the test's.
public final class Actors implements AutoCloseable {
    /// Where the parties run.
    public enum Place {
        /// coroutines of one loop
        ONE_LOOP,
        /// coroutines of two loops, in turn
        TWO_LOOPS,
        /// platform threads
        THREADS,
        /// coroutines of two loops and platform threads, in turn
        MIXED
    }

    private static final Duration PATIENCE = Duration.ofSeconds(60); // a liveness limit, not a measure

    private final Place place;
    private final Loops loops = Loops.open(LoopsConfig.defaults().withCount(2).withStallLimit(Duration.ZERO));
    private final List<CompletableFuture<Void>> running = new ArrayList<>();
    private int started;

    private Actors(Place place) {
        this.place = place;
    }

    /// A test that gets its parties.
    @FunctionalInterface
    public interface Test {
        void run(Actors actors) throws Exception;
    }

    /// Runs a test in each place; a failure says in which.
    public static void everywhere(Test test) {
        for (Place place : Place.values()) {
            try (var actors = new Actors(place)) {
                test.run(actors);
                actors.join();
            } catch (Exception | AssertionError failure) {
                throw new AssertionError("with parties in place " + place + ": " + failure.getMessage(), failure);
            }
        }
    }

    /// Starts a party; [#join] throws what it threw.
    public CompletableFuture<Void> start(Action<?> body) {
        int number = started++;
        int kind = switch (place) {
            case ONE_LOOP -> 0;
            case TWO_LOOPS -> number % 2;
            case THREADS -> 2;
            case MIXED -> number % 3;
        };
        var end = new CompletableFuture<Void>();
        Thread.ofPlatform().daemon().name("actor-" + number).start(() -> {
            try {
                if (kind == 2) {
                    body.run();
                } else {
                    Sluice.callOn(loops.loop(kind), "actor-" + number, () -> {
                        body.run();
                        return number;
                    });
                }
                end.complete(null);
            } catch (Throwable failure) {
                end.completeExceptionally(failure);
            }
        });
        running.add(end);
        return end;
    }

    /// Waits until all parties have ended.
    ///
    /// @throws Exception what one of them threw
    public void join() throws Exception {
        for (CompletableFuture<Void> end : running) {
            join(end);
        }
    }

    /// Waits until a party has ended.
    ///
    /// @throws Exception what it threw
    public void join(CompletableFuture<Void> party) throws Exception {
        try {
            party.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case Exception exception -> throw exception;
                case Error error -> throw error;
                case null, default -> throw failed;
            }
        } catch (TimeoutException stuck) {
            throw new AssertionError("a party has not ended after " + PATIENCE, stuck);
        }
    }

    /// Waits until something has become true.
    public static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not after " + PATIENCE + ": " + what);
            }
            Thread.onSpinWait();
            Thread.yield();
        }
    }

    @Override
    public void close() {
        loops.close();
    }
}
