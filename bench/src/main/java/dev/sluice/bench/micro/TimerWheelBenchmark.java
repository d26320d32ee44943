package dev.sluice.bench.micro;

import dev.sluice.internal.timer.Timer;
import dev.sluice.internal.timer.TimerWheel;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What a timer costs the wheel, with others standing in it: adding and removing one, and letting one end.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TimerWheelBenchmark {
    private static final long STEP = 1L << TimerWheel.COARSE;
    private static final long SPREAD = TimeUnit.MILLISECONDS.toNanos(7);
    private static final long FAR = TimeUnit.DAYS.toNanos(365);

    @Param({"0", "10000", "1000000"})
    int standing;

    private final TimerWheel wheel = new TimerWheel(TimerWheel.COARSE, 0);
    private final One one = new One();
    private long now;
    private int turn;

    private static final class One extends Timer {
        private boolean ended;

        @Override
        protected void expired() {
            ended = true;
        }
    }

    @Setup(Level.Trial)
    public void fill() {
        for (int i = 0; i < standing; i++) {
            var timer = new One();
            timer.deadline = FAR + i * SPREAD;
            wheel.add(timer);
        }
    }

    @Benchmark
    public void addAndRemove() {
        turn = (turn + 1) & 1023;
        one.deadline = now + FAR + turn * SPREAD;
        wheel.add(one);
        wheel.remove(one);
    }

    @Benchmark
    public boolean addAndEnd() {
        one.ended = false;
        one.deadline = now + STEP;
        wheel.add(one);
        now += 2 * STEP;
        wheel.expire(now, Integer.MAX_VALUE);
        return one.ended;
    }
}
