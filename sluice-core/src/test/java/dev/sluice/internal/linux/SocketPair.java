package dev.sluice.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

/// `socketpair(2)` for tests that need a descriptor that is read and written.
public final class SocketPair {
    private static final int SOCKETPAIR = Platform.AARCH64 ? 199 : 53;
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;

    private SocketPair() {}

    /// @return one end in the lower, the other in the upper half, as [Unistd#pipe2] does
    public static long open(CallState state) {
        long ends = Memory.allocate(Long.BYTES);
        long result = Native.call(state, SOCKETPAIR, AF_UNIX, SOCK_STREAM | Fcntl.O_CLOEXEC, 0, ends, 0, 0);
        assertThat(result).as("socketpair").isZero();
        long pair = Memory.getLong(ends);
        Memory.free(ends);
        return pair;
    }
}
