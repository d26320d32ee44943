package dev.sluice.internal.loop;

import dev.sluice.internal.poll.Poller;
import dev.sluice.internal.timer.TimerWheel;
import dev.sluice.time.Clock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What a loop takes from outside, so that a simulation can replace it.
///
/// @param timerShift the resolution of timers, see [TimerWheel]
/// @param random where jitter and unbiased choices come from
/// @param simulator the simulation, which keeps blocking work, too, on the loop; null in production
public record LoopSeams(
        Clock clock,
        Poller poller,
        ReadyQueue ready,
        int timerShift,
        RandomGenerator random,
        @Nullable Simulator simulator) {
    /// The real clock, a real poller, first in first out.
    public static LoopSeams production(Poller poller) {
        return new LoopSeams(
                Clock.system(), poller, new ReadyQueue.Fifo(), TimerWheel.COARSE, new SystemRandom(), null);
    }
}
