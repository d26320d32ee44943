package dev.sluice.internal.poll;

/// The sizes of a poller.
///
/// @param submissions requests that are handed to the kernel in one go; more are handed over in several
/// @param completions ends that the kernel can note before somebody looks; more are kept aside by it, more slowly
/// @param maxOperations operations in flight at most
public record PollerConfig(int submissions, int completions, int maxOperations) {
    private static final PollerConfig DEFAULTS = new PollerConfig(256, 4096, 1 << 20);

    public PollerConfig {
        check("submissions", submissions, 1 << 15);
        check("completions", completions, 1 << 16);
        check("maxOperations", maxOperations, 1 << 24);
        if (completions < submissions) {
            throw new IllegalArgumentException(
                    "poller: completions=" + completions + ", expected at least submissions=" + submissions);
        }
    }

    public static PollerConfig defaults() {
        return DEFAULTS;
    }

    private static void check(String name, int value, int limit) {
        if (value < 1 || value > limit) {
            throw new IllegalArgumentException("poller: " + name + "=" + value + ", expected 1.." + limit);
        }
    }
}
