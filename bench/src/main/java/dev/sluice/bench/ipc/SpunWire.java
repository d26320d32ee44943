package dev.sluice.bench.ipc;

import java.util.Objects;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/// A way through memory that both ends look at. Who waits spins ([Spin]).
abstract class SpunWire implements Wire {
    final Spin spin = new Spin();
    private byte @Nullable [] received;

    /// Hands the next message to `take`, if there is one.
    ///
    /// @return how many were there: 0 or 1
    abstract int poll();

    final void take(DirectBuffer buffer, int offset, int length) {
        byte[] message = new byte[length];
        buffer.getBytes(offset, message);
        take(message);
    }

    final void take(byte[] message) {
        received = message;
    }

    @Override
    public final byte[] receive() {
        received = null;
        while (received == null) {
            if (poll() == 0) {
                spin.pause();
            }
        }
        spin.found();
        return Objects.requireNonNull(received);
    }
}
