package dev.sluice.layer;

import dev.sluice.internal.access.Engines;
import dev.sluice.loop.Loop;
import dev.sluice.net.Connection;
import dev.sluice.time.Clock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// Counts and times what passes at one place of a stack, for all connections that it is put on together.
///
/// ```java
/// Meter plain = new Meter("plain");
/// listener.serve(connection -> talk(Stack.over(connection).deflate().layer(plain).lines()));
/// IO.println(plain.statistics());
/// ```
///
/// The bytes of each layer are counted anyway, see [Stack#layers]. A meter adds calls and times: two below and
/// above a layer tell how long that layer takes. It costs two readings of the clock a call.
///
/// Threads: any number of connections, on any loops.
public final class Meter implements Layer {
    /// What has passed so far.
    ///
    /// @param connections that the meter was put on
    /// @param in what was read
    /// @param out what was written
    public record Statistics(long connections, Flow in, Flow out) {}

    /// One direction.
    ///
    /// @param calls reads or writes that ended well, an end of the input not included
    /// @param bytes moved by all calls, failed and cancelled ones included
    /// @param waited how long all calls took
    /// @param longest how long the longest call took
    public record Flow(long calls, long bytes, Duration waited, Duration longest) {}

    private final String name;
    private final LongAdder connections = new LongAdder();
    private final Direction in = new Direction();
    private final Direction out = new Direction();

    /// @param name what tables call its place
    public Meter(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return "meter " + name;
    }

    @Override
    public int osi() {
        return 7;
    }

    @Override
    public Connection over(Connection lower) {
        connections.increment();
        return new Metered(lower, Engines.of(Loop.current()).clock());
    }

    /// What has passed so far.
    public Statistics statistics() {
        return new Statistics(connections.sum(), in.flow(), out.flow());
    }

    @Override
    public String toString() {
        return name();
    }

    /// Counters of one direction; each is right by itself, not all at the same moment.
    private static final class Direction {
        private final LongAdder calls = new LongAdder();
        private final LongAdder bytes = new LongAdder();
        private final LongAdder nanos = new LongAdder();
        private final AtomicLong longest = new AtomicLong();

        void count(boolean well, long moved, long took) {
            if (well) {
                calls.increment();
            }
            bytes.add(moved);
            nanos.add(took);
            if (took > longest.get()) {
                longest.accumulateAndGet(took, Math::max);
            }
        }

        Flow flow() {
            return new Flow(calls.sum(), bytes.sum(), Duration.ofNanos(nanos.sum()), Duration.ofNanos(longest.get()));
        }
    }

    private final class Metered extends LayerConnection {
        private final Clock clock;

        Metered(Connection lower, Clock clock) {
            super(lower);
            this.clock = clock;
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            long start = clock.nanoTime();
            int count = -1;
            try {
                count = lower.read(into);
                return count;
            } finally {
                in.count(count >= 0, Math.max(0, count), clock.nanoTime() - start);
            }
        }

        @Override
        public void write(ByteBuffer from) throws IOException {
            long start = clock.nanoTime();
            int before = from.remaining();
            boolean well = false;
            try {
                lower.write(from);
                well = true;
            } finally {
                out.count(well, before - from.remaining(), clock.nanoTime() - start);
            }
        }
    }
}
