package dev.sluice.internal.testkit;

import dev.sluice.Sluice;
import dev.sluice.loop.Backend;
import dev.sluice.loop.Loops;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.task.Action;
import java.time.Duration;

/// Loops as tests open them: without reports of stalls, which a busy machine causes, and on the back end that
/// `-Dsluice.test.backend` names.
public final class TestLoops {
    /// Whether this JVM was started without the flag that lets loops schedule their coroutines.
    public static final boolean FALLBACK = Boolean.getBoolean("sluice.fallback.expected");

    private TestLoops() {}

    public static LoopsConfig config() {
        return LoopsConfig.defaults()
                .withName("test")
                .withStallLimit(Duration.ZERO)
                .withBackend(Backend.valueOf(System.getProperty("sluice.test.backend", "AUTO")));
    }

    public static LoopsConfig config(int loops) {
        return config().withCount(loops);
    }

    public static Loops open(int loops) {
        return Loops.open(config(loops));
    }

    /// Runs a body on one loop; fails instead of hanging.
    public static void run(Action<?> body) throws Exception {
        run(config(), body);
    }

    public static void run(LoopsConfig config, Action<?> body) throws Exception {
        Bounded.run(() -> Sluice.run(config, body::run));
    }
}
