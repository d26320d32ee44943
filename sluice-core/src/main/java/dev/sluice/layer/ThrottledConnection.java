package dev.sluice.layer;

import dev.sluice.internal.access.Engines;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.strand.Sleep;
import dev.sluice.loop.Loop;
import dev.sluice.net.Connection;
import dev.sluice.time.Clock;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A connection that is no faster than it may be, in each direction: after some bytes it waits as long as these
/// take at that speed. So it is never ahead by more than a piece, which takes 20 milliseconds.
///
/// Threads: `readAgain` by the reader, `writeAgain` by the pump; see [PumpedConnection].
final class ThrottledConnection extends PumpedConnection {
    private static final long SECOND = 1_000_000_000L;
    private static final long PIECES_A_SECOND = 50;

    private final long bytesPerSecond;
    private final int piece;
    private final Clock clock;

    // Times of the clock.
    private long readAgain;
    private long writeAgain;

    ThrottledConnection(Connection lower, long bytesPerSecond) {
        super(lower);
        this.bytesPerSecond = bytesPerSecond;
        this.piece = Math.clamp(bytesPerSecond / PIECES_A_SECOND, 1, 1 << 16);
        EventLoop loop = Engines.of(Loop.current());
        this.clock = loop.clock();
        this.readAgain = clock.nanoTime();
        this.writeAgain = readAgain;
    }

    @Override
    int take(ByteBuffer into) throws IOException {
        sleepUntil(readAgain, "bytes to read at " + bytesPerSecond + " B/s");
        int limit = into.limit();
        int count;
        try {
            count = lower.read(into.limit(Math.min(limit, into.position() + piece)));
        } finally {
            into.limit(limit);
        }
        readAgain = later(readAgain, Math.max(0, count));
        return count;
    }

    @Override
    void pass(ByteBuffer some) throws IOException {
        sleepUntil(writeAgain, "bytes to write at " + bytesPerSecond + " B/s");
        int limit = some.limit();
        int count = Math.min(some.remaining(), piece);
        lower.write(some.limit(some.position() + count));
        some.limit(limit);
        writeAgain = later(writeAgain, count);
    }

    private void sleepUntil(long moment, String what) {
        long wait = moment - clock.nanoTime();
        if (wait > 0) {
            Sleep.nanos(wait, what);
        }
    }

    /// When the next bytes may go. Time in which nothing went is not saved up.
    private long later(long before, int bytes) {
        long now = clock.nanoTime();
        long from = before - now > 0 ? before : now;
        return from + (long) ((double) bytes * SECOND / bytesPerSecond);
    }
}
