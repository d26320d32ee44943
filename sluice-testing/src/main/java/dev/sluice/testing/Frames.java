package dev.sluice.testing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What stacks tell about waits.
final class Frames {
    private static final List<String> JDK = List.of("java.", "jdk.", "sun.", "com.sun.");
    /// How every timed park looks from above; what called these is what matters.
    private static final List<String> PARKING = List.of(
            "java.lang.VirtualThread.park",
            "java.lang.VirtualThread.yieldContinuation",
            "java.lang.System$",
            "java.lang.Object.wait",
            "java.util.concurrent.locks.LockSupport.",
            "jdk.internal.");

    private Frames() {}

    /// The method of the JDK that waits for a time and measures it by the system's clock, which virtual time
    /// does not move; null if the caller parks by itself.
    static @Nullable StackTraceElement measuringTime(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            String name = frame.getClassName() + "." + frame.getMethodName();
            if (!startsWithAny(name, PARKING)) {
                return startsWithAny(name, JDK) ? outermostOfJdk(stack, frame) : null;
            }
        }
        return null;
    }

    /// The method that the user called, if a frame of the JDK is followed by others of it.
    private static StackTraceElement outermostOfJdk(StackTraceElement[] stack, StackTraceElement inner) {
        StackTraceElement outer = inner;
        boolean inside = false;
        for (StackTraceElement frame : stack) {
            inside |= frame == inner;
            if (inside && !startsWithAny(frame.getClassName(), JDK)) {
                break;
            }
            outer = inside ? frame : outer;
        }
        return outer;
    }

    private static boolean startsWithAny(String name, List<String> prefixes) {
        for (String prefix : prefixes) {
            if (name.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }
}
