package dev.sluice.testing;

import dev.sluice.observe.WaitGraph.Circle;
import dev.sluice.observe.WaitGraph.Wait;
import java.util.List;
import java.util.stream.Collectors;

/// Nothing was ready, no timer was armed, and the body had not ended: nobody in the simulation would ever go
/// on.
public final class DeadlockException extends SimulationException {
    private static final long serialVersionUID = 1;

    private final transient List<Circle> circles;

    DeadlockException(String when, List<Wait> waits, List<Circle> circles, String hint) {
        super("deadlock at " + when + " s: everybody waits, and no timer is armed. " + hint + listed(circles), waits);
        this.circles = List.copyOf(circles);
    }

    /// Who waits for each other, those that are certain first; see [dev.sluice.observe.WaitGraph].
    public List<Circle> circles() {
        return circles;
    }

    private static String listed(List<Circle> circles) {
        return circles.stream().map(circle -> "\n" + circle).collect(Collectors.joining())
                + (circles.isEmpty() ? "" : "\neverybody:");
    }
}
