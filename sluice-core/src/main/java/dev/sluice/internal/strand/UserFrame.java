package dev.sluice.internal.strand;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds the program's own line in the stack of somebody who waits.
public final class UserFrame {
    private static final List<String> OTHERS = List.of(
            "java.",
            "jdk.",
            "sun.",
            "com.sun.",
            "dev.sluice.Sluice",
            "dev.sluice.internal.",
            "dev.sluice.loop.",
            "dev.sluice.channel.",
            "dev.sluice.task.",
            "dev.sluice.sync.",
            "dev.sluice.flow.",
            "dev.sluice.io.",
            "dev.sluice.process.",
            "dev.sluice.net.",
            "dev.sluice.testing.World",
            "dev.sluice.testing.Simulation");

    private UserFrame() {}

    /// The innermost frame that is neither the JDK's nor Sluice's.
    public static @Nullable StackTraceElement of(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            String type = frame.getClassName();
            boolean ourTest = type.endsWith("Test") || type.contains("Test$");
            if (ourTest || !isOthers(type)) {
                return frame;
            }
        }
        return null;
    }

    private static boolean isOthers(String type) {
        for (String prefix : OTHERS) {
            if (type.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }
}
