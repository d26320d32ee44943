package dev.sluice.internal.loop;

import dev.sluice.internal.poll.Poller;
import dev.sluice.internal.timer.TimerWheel;
import dev.sluice.time.Clock;
import java.util.random.RandomGenerator;

/// What a loop takes from outside, so that a simulation can replace it.
///
/// @param timerShift the resolution of timers, see [TimerWheel]
/// @param random where jitter and unbiased choices come from
/// @param simulated whether blocking work, too, stays on the loop so that its order is the seed's
public record LoopSeams(
        Clock clock, Poller poller, ReadyQueue ready, int timerShift, RandomGenerator random, boolean simulated) {
    /// The real clock, a real poller, first in first out.
    public static LoopSeams production(Poller poller) {
        return new LoopSeams(
                Clock.system(), poller, new ReadyQueue.Fifo(), TimerWheel.COARSE, new SystemRandom(), false);
    }
}
