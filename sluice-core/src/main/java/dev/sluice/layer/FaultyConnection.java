package dev.sluice.layer;

import dev.sluice.internal.strand.Sleep;
import dev.sluice.internal.strand.Strand;
import dev.sluice.net.Connection;
import dev.sluice.net.NetException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/// A connection that treats badly what is written to it.
///
/// Threads: the random choices and `passed` by the pump; see [PumpedConnection].
final class FaultyConnection extends PumpedConnection {
    private final Faults faults;
    private final SplittableRandom random;
    private long passed;

    FaultyConnection(Connection lower, Faults faults) {
        super(lower);
        this.faults = faults;
        this.random = new SplittableRandom(faults.seed());
    }

    @Override
    int take(ByteBuffer into) throws IOException {
        int limit = into.limit();
        try {
            return lower.read(
                    into.limit(Math.min(limit, into.position() + Math.min(faults.piece(), into.remaining()))));
        } finally {
            into.limit(limit);
        }
    }

    @Override
    void pass(ByteBuffer some) throws IOException {
        long most = Math.min(Math.min(some.remaining(), faults.piece()), faults.resetAfter() - passed);
        if (most == 0) {
            lower.abort();
            throw NetException.of("write", this, "reset on purpose after " + passed + " bytes");
        }
        hold();
        int limit = some.limit();
        some.limit(some.position() + (int) most);
        int arrives = (int) Math.clamp(faults.dropAfter() - passed, 0, most);
        if (arrives < most) {
            lower.write(some.duplicate().limit(some.position() + arrives));
            some.position(some.limit());
        } else {
            lower.write(some);
        }
        some.limit(limit);
        passed += most;
    }

    /// Holds the bytes back for a while, or at least until others had their turn, so that pieces stay pieces.
    private void hold() {
        long most = faults.delay().toNanos();
        if (most > 0) {
            Sleep.nanos(random.nextLong(most + 1), "bytes held back on purpose");
        } else if (faults.piece() == 1) {
            Sleep.pass(Strand.current());
        }
    }

    @Override
    void passEnd() throws IOException {
        if (passed <= faults.dropAfter()) {
            super.passEnd();
        }
    }
}
