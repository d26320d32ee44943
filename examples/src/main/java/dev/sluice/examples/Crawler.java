package dev.sluice.examples;

import static java.time.Duration.ofSeconds;

import dev.sluice.Sluice;
import dev.sluice.sync.Limiter;
import dev.sluice.sync.RateLimiter;
import dev.sluice.task.JoinPolicy;
import dev.sluice.task.TaskGroup;
import java.io.File;

/// Adds up the sizes of all files below a folder, politely: not too often, and not too many at a time.
final class Crawler {
    // tag::main
    static final RateLimiter VISITS =
            RateLimiter.of(1000, ofSeconds(1)).withBurst(50).named("visits");
    static final Limiter READERS = new Limiter("readers", 4);

    static void main() {
        File root = new File(System.getProperty("java.home"), "conf");
        long bytes = Sluice.call(() -> size(root));
        IO.println(bytes + " bytes");
    }

    static long size(File file) {
        VISITS.acquire();
        File[] inside = READERS.call(() -> Sluice.offload(() -> file.listFiles()));
        if (inside == null) {
            return file.length();
        }
        try (var group = TaskGroup.open(JoinPolicy.<Long>allSuccessful())) {
            for (File each : inside) {
                group.start(each.getName(), () -> size(each));
            }
            return group.join().stream().mapToLong(Long::longValue).sum();
        }
    }
    // end::main
}
