package dev.sluice.internal.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// For tests of a process that can start no more threads: no address space is left for their stacks, but
/// enough for all else. It must run with [#FLAGS].
public final class ThreadLimit {
    /// Stacks that are larger than what is left, and as few threads of the JVM's as possible.
    public static final List<String> FLAGS = List.of("-Xss64m", "-XX:+UseSerialGC");

    private static final int RLIMIT_AS = 9;
    private static final long LEFT = 40 << 20;
    private static final long STACK = 64 << 20;
    private static final long PAGE = 4096;
    private static final Path SIZE = Path.of("/proc/self/statm");

    private ThreadLimit() {}

    /// From now on no thread can be started.
    public static void set(CallState state) throws IOException {
        set(state, 0);
    }

    /// From now on so many threads can be started.
    public static void set(CallState state, int threads) throws IOException {
        long pages = Long.parseLong(Files.readString(SIZE).split(" ", 2)[0]);
        DescriptorLimit.set(state, RLIMIT_AS, pages * PAGE + threads * STACK + LEFT);
    }

    /// Threads can be started again.
    public static void lift(CallState state) {
        DescriptorLimit.set(state, RLIMIT_AS, -1);
    }
}
