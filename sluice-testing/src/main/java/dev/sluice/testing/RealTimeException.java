package dev.sluice.testing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A coroutine called a method of the JDK that waits for real time, which does not pass in a simulation.
public final class RealTimeException extends SimulationException {
    private static final long serialVersionUID = 1;

    /// @param where the line of the program
    RealTimeException(String task, StackTraceElement method, @Nullable StackTraceElement where) {
        super(
                "task " + task + " waits in " + method.getClassName() + "." + method.getMethodName()
                        + ", which measures the time by the system's clock: virtual time does not move it,"
                        + " expected Sluice.sleep, Deadline, or LockSupport.parkNanos"
                        + (where == null ? "" : "\n    at " + where),
                List.of());
    }
}
