package dev.sluice.testing;

import dev.sluice.observe.WaitGraph.Wait;
import java.util.List;

/// Ends a simulation because of how it went, and not because of what its body threw.
public abstract sealed class SimulationException extends RuntimeException
        permits DeadlockException, LeftoverException, LimitExceededException, RealTimeException {
    private static final long serialVersionUID = 1;

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
