package dev.sluice.testing;

import java.util.List;

/// Ends a simulation because of how it went, and not because of what its body threw.
public abstract sealed class SimulationException extends RuntimeException
        permits DeadlockException, LeftoverException, LimitExceededException, RealTimeException {
    private static final long serialVersionUID = 1;

    /// Somebody in a simulation who waits.
    ///
    /// @param task its path: `main/fetch/a`
    /// @param waitsFor what for: `task main/b`, `sleep 2 s`, `promise`
    /// @param where the line of the program, as a stack trace prints it; empty if unknown
    public record Wait(String task, String waitsFor, String where) {
        @Override
        public String toString() {
            return task + " waits for " + waitsFor + (where.isEmpty() ? "" : "   at " + where);
        }
    }

    private final transient List<Wait> waits;

    SimulationException(String message, List<Wait> waits) {
        super(message + listed(waits));
        this.waits = List.copyOf(waits);
    }

    /// Who was still there, and waited for what.
    public List<Wait> waits() {
        return waits;
    }

    private static String listed(List<Wait> waits) {
        var text = new StringBuilder();
        for (Wait wait : waits) {
            text.append("\n    ").append(wait);
        }
        return text.toString();
    }
}
