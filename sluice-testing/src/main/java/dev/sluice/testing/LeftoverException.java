package dev.sluice.testing;

import dev.sluice.observe.WaitGraph.Wait;
import java.util.List;

/// The body of a simulation ended and left something behind: tasks, threads, armed timers, or failures that
/// nobody saw.
public final class LeftoverException extends SimulationException {
    private static final long serialVersionUID = 1;

    LeftoverException(String message, List<Wait> waits) {
        super(message, waits);
    }
}
