package dev.sluice.loop;

import dev.sluice.cancel.Durations;
import java.time.Duration;

/// What a group of loops is made of.
///
/// @param count how many loops, 1 to 1024
/// @param name what their threads are called, before the number
/// @param backend how they poll
/// @param offloadThreads how many threads run what is offloaded, at most; 1 to 10 000
/// @param stallLimit how long a coroutine may hold its loop before it is reported; zero: never report
public record LoopsConfig(int count, String name, Backend backend, int offloadThreads, Duration stallLimit) {
    private static final LoopsConfig DEFAULTS = new LoopsConfig(
            1,
            "sluice",
            Backend.AUTO,
            Math.max(16, 4 * Runtime.getRuntime().availableProcessors()),
            Duration.ofMillis(100));

    public LoopsConfig {
        require(count >= 1 && count <= 1024, "count", count, "1..1024");
        require(offloadThreads >= 1 && offloadThreads <= 10_000, "offloadThreads", offloadThreads, "1..10000");
        require(!name.isBlank(), "name", "'" + name + "'", "some text");
        require(!stallLimit.isNegative(), "stallLimit", Durations.print(stallLimit), "zero or more");
    }

    private static void require(boolean holds, String what, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException("loops: " + what + "=" + value + ", expected " + expected);
        }
    }

    /// One loop, the best back end, 16 threads or 4 a core for offloaded work, stalls reported after 100 ms.
    public static LoopsConfig defaults() {
        return DEFAULTS;
    }

    public LoopsConfig withCount(int count) {
        return new LoopsConfig(count, name, backend, offloadThreads, stallLimit);
    }

    public LoopsConfig withName(String name) {
        return new LoopsConfig(count, name, backend, offloadThreads, stallLimit);
    }

    public LoopsConfig withBackend(Backend backend) {
        return new LoopsConfig(count, name, backend, offloadThreads, stallLimit);
    }

    public LoopsConfig withOffloadThreads(int offloadThreads) {
        return new LoopsConfig(count, name, backend, offloadThreads, stallLimit);
    }

    public LoopsConfig withStallLimit(Duration stallLimit) {
        return new LoopsConfig(count, name, backend, offloadThreads, stallLimit);
    }
}
