package dev.sluice.internal.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Takes system calls away from this JVM for good, as a container does: they fail with `EPERM`.
///
/// A filter is a program of `struct sock_filter { u16 code; u8 jt, jf; u32 k }`, as one long each.
public final class Seccomp {
    public static final int IO_URING_SETUP = SystemCall.IO_URING_SETUP;
    public static final int PIDFD_OPEN = SystemCall.PIDFD_OPEN;
    public static final int EPOLL_PWAIT2 = SystemCall.EPOLL_PWAIT2;

    private static final int PRCTL = Platform.AARCH64 ? 167 : 157;
    private static final int SECCOMP = Platform.AARCH64 ? 277 : 317;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int SET_MODE_FILTER = 1;
    private static final int ALL_THREADS = 1;
    private static final int LOAD_NUMBER = 0x20;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int RETURN = 0x06;
    private static final int ALLOW = 0x7FFF0000;
    private static final int FAIL = 0x00050000 | Errno.EPERM;

    private Seccomp() {}

    public static void deny(int... calls) {
        CallState state = new CallState();
        try (Arena arena = Arena.ofConfined()) {
            int length = calls.length + 3;
            MemorySegment filter = arena.allocate(JAVA_LONG, length);
            filter.setAtIndex(JAVA_LONG, 0, LOAD_NUMBER);
            for (int i = 0; i < calls.length; i++) {
                long jump = (long) calls.length - i; // to the last instruction
                filter.setAtIndex(JAVA_LONG, i + 1, JUMP_IF_EQUAL | jump << 16 | (long) calls[i] << 32);
            }
            filter.setAtIndex(JAVA_LONG, length - 2, RETURN | (long) ALLOW << 32);
            filter.setAtIndex(JAVA_LONG, length - 1, RETURN | (long) FAIL << 32);
            MemorySegment program = arena.allocate(16, 8);
            program.set(JAVA_SHORT, 0, (short) length);
            program.set(JAVA_LONG, 8, filter.address());
            assertThat(Native.call(state, PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0))
                    .isZero();
            assertThat(Native.call(state, SECCOMP, SET_MODE_FILTER, ALL_THREADS, program.address(), 0, 0, 0))
                    .isZero();
        }
    }
}
