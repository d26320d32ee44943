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

    /// Lets this process have as many descriptors as it may ask for, if that is more than it has.
    ///
    /// @param wanted as many at most
    /// @return how many it may have
    public static long raise(CallState state, long wanted) {
        long limits = Memory.allocate(16);
        assertThat(Native.call(state, PRLIMIT64, 0, RLIMIT_NOFILE, 0, limits, 0, 0))
                .isZero();
        long most = Math.min(wanted, Memory.getLong(limits + 8));
        long soft = Memory.getLong(limits);
        Memory.free(limits);
        if (soft < most) {
            set(state, RLIMIT_NOFILE, most);
        }
        return Math.max(soft, most);
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
