package dev.sluice.internal.linux;

import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// Which layouts and numbers hold here. Loads on every system.
final class Platform {
    /// Whether this is aarch64; else x86_64, wherever [#refusal()] is null.
    static final boolean AARCH64 = isAarch64(System.getProperty("os.arch", ""));

    private Platform() {}

    /// Why the package cannot be used on this machine, or null.
    static @Nullable String refusal() {
        return refusal(System.getProperty("os.name", ""), System.getProperty("os.arch", ""), ByteOrder.nativeOrder());
    }

    static @Nullable String refusal(String system, String architecture, ByteOrder order) {
        if (!system.equals("Linux")) {
            return "system=" + system + ", expected Linux";
        }
        if (!isAarch64(architecture) && !architecture.equals("amd64") && !architecture.equals("x86_64")) {
            return "architecture=" + architecture + ", expected x86_64 or aarch64";
        }
        return order == ByteOrder.LITTLE_ENDIAN ? null : "byte order=" + order + ", expected LITTLE_ENDIAN";
    }

    private static boolean isAarch64(String architecture) {
        return architecture.equals("aarch64");
    }
}
