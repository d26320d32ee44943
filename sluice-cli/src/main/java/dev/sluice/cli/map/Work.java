package dev.sluice.cli.map;

import dev.sluice.pool.Pool;
import dev.sluice.pool.ProcessPoolConfig;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is run for each item: a command, or a Java method by warm workers.
///
/// @param template the command; with a method, what records show instead
/// @param method empty for a command
/// @param classPath where the workers find its class, besides this program's own; may be empty
record Work(ArgumentTemplate template, Optional<JavaMethod> method, String classPath) {
    private static final Duration IDLE = Duration.ofSeconds(10);

    static Work of(ArgumentTemplate template) {
        return new Work(template, Optional.empty(), "");
    }

    /// The workers for a method, which start when items come. What methods print themselves goes to standard
    /// error.
    ///
    /// @return null for a command
    @Nullable Pool open(int jobs) {
        if (method.isEmpty()) {
            return null;
        }
        String own = System.getProperty("java.class.path");
        String separator = System.getProperty("path.separator");
        return Pool.processes(ProcessPoolConfig.of(jobs)
                .withLeast(0, IDLE)
                .withClassPath(classPath.isEmpty() ? own : classPath + separator + own));
    }
}
