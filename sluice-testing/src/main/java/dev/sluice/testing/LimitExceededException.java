package dev.sluice.testing;

import dev.sluice.observe.WaitGraph.Wait;
import java.util.List;

/// A simulation took more steps, or more time, than it may: somebody goes round in circles, or holds the loop.
public final class LimitExceededException extends SimulationException {
    private static final long serialVersionUID = 1;

    LimitExceededException(String message, List<Wait> waits) {
        super(message, waits);
    }
}
