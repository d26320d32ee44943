package dev.sluice.internal.linux;

import org.jspecify.annotations.Nullable;

/// Which parts of this package work on this machine, and why the others do not. Loads and answers on every
/// system.
///
/// Each answer is found by trying, once, when it is first asked for: an old kernel, a seccomp filter and a JVM
/// that denies native access all show only then.
public final class LinuxSupport {
    private LinuxSupport() {}

    /// Why nothing in this package works, or null when system calls do.
    public static @Nullable String callsRefused() {
        return Calls.REFUSED;
    }

    /// Why there is no [Memory] outside the heap, or null. That is not only for Linux.
    public static @Nullable String memoryRefused() {
        return MemoryProbe.REFUSED;
    }

    /// Why `pidfd_open` does not work, or null.
    public static @Nullable String pidFdRefused() {
        return callsRefused() != null ? callsRefused() : PidFdProbe.REFUSED;
    }

    /// Why processes cannot be started with a directory of their own (`posix_spawn_file_actions_addchdir_np`),
    /// or null.
    public static @Nullable String spawnDirectoryRefused() {
        return callsRefused() != null ? callsRefused() : symbolRefused("posix_spawn_file_actions_addchdir_np");
    }

    /// Why a child cannot be kept from inheriting descriptors that somebody forgot to mark
    /// (`…_addclosefrom_np`), or null.
    public static @Nullable String spawnCloseFromRefused() {
        return callsRefused() != null ? callsRefused() : symbolRefused("posix_spawn_file_actions_addclosefrom_np");
    }

    private static @Nullable String symbolRefused(String symbol) {
        return Native.has(symbol) ? null : "the C library has no " + symbol;
    }

    private static final class Calls {
        static final @Nullable String REFUSED = tryOne();

        private static @Nullable String tryOne() {
            String refusal = Platform.refusal();
            if (refusal != null) {
                return refusal;
            }
            try {
                int pid = Unistd.getpid(new CallState());
                return pid > 0 ? null : Errno.message("getpid", "this process", pid);
            } catch (ExceptionInInitializerError failed) {
                return "native access: " + failed.getCause();
            } catch (IllegalCallerException | UnsupportedOperationException | LinkageError failed) {
                return "native access: " + failed;
            }
        }
    }

    private static final class MemoryProbe {
        static final @Nullable String REFUSED = tryOne();

        private static @Nullable String tryOne() {
            try {
                Memory.free(Memory.allocate(1));
                return null;
            } catch (ExceptionInInitializerError failed) {
                return "native access: " + failed.getCause();
            } catch (LinkageError failed) {
                return "native access: " + failed;
            }
        }
    }

    private static final class PidFdProbe {
        static final @Nullable String REFUSED = tryOne();

        private static @Nullable String tryOne() {
            CallState state = new CallState();
            int fd = PidFd.open(state, Unistd.getpid(state));
            if (fd < 0) {
                return Errno.message("pidfd_open", "this process", fd) + ", expected Linux 5.3 without a filter";
            }
            int closed = Unistd.close(state, fd);
            assert closed == 0 : Errno.message("close", "pidfd", closed);
            return null;
        }
    }
}
