package dev.sluice.internal.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.internal.access.Engines;
import dev.sluice.internal.loop.LoopSeams;
import dev.sluice.internal.poll.PollerChoice;
import dev.sluice.internal.poll.PollerConfig;
import dev.sluice.internal.poll.Pollers;
import dev.sluice.loop.Loops;
import dev.sluice.task.Action;
import dev.sluice.time.Clock;
import java.util.function.UnaryOperator;

/// A loop that takes something else from outside than loops do.
public final class OnSeams {
    private OnSeams() {}

    /// Opens one loop on the seams of production, changed.
    public static Loops open(UnaryOperator<LoopSeams> change) {
        LoopSeams real = LoopSeams.production(
                Pollers.open(PollerChoice.AUTO, PollerConfig.defaults()).poller());
        return Engines.open(TestLoops.config(), change.apply(real));
    }

    /// Runs a body there; fails instead of hanging, and if something is left when it has ended.
    public static void run(UnaryOperator<LoopSeams> change, Action<?> body) throws Exception {
        Bounded.run(() -> {
            Loops loops = open(change);
            Sluice.callOn(loops.loop(0), "main", () -> {
                body.run();
                return true;
            });
            assertThat(loops.close(Patience.LIMIT.dividedBy(2)).drained()).isTrue();
        });
    }

    /// For [#run]: another clock.
    public static UnaryOperator<LoopSeams> clock(Clock clock) {
        return real ->
                new LoopSeams(clock, real.poller(), real.ready(), real.timerShift(), real.random(), real.simulator());
    }
}
