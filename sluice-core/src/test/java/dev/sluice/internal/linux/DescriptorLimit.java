package dev.sluice.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

/// `prlimit(2)` for tests of a process that runs out of descriptors.
///
///     0          8 … 16
///     | soft     | hard |
public final class DescriptorLimit {
    private static final int PRLIMIT64 = Platform.AARCH64 ? 261 : 302;
    private static final int RLIMIT_NOFILE = 7;

    private DescriptorLimit() {}

    /// Sets how many descriptors this process may have, and leaves alone how many it may ask for.
    public static void set(CallState state, int descriptors) {
        set(state, RLIMIT_NOFILE, descriptors);
    }

    /// Sets the soft limit of a resource.
    static void set(CallState state, int resource, long limit) {
        long limits = Memory.allocate(16);
        assertThat(Native.call(state, PRLIMIT64, 0, resource, 0, limits, 0, 0)).isZero();
        Memory.putLong(limits, limit);
        assertThat(Native.call(state, PRLIMIT64, 0, resource, limits, 0, 0, 0)).isZero();
        Memory.free(limits);
    }
}
