package dev.sluice.internal.loop;

import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/// The seam to the JVM's randomness; the only place in the core that draws from it. Safe for any thread.
final class SystemRandom implements RandomGenerator {
    @Override
    public long nextLong() {
        return ThreadLocalRandom.current().nextLong();
    }
}
