package dev.sluice.io;

import dev.sluice.internal.io.Room;
import java.io.IOException;
import java.nio.ByteBuffer;

/// What arrives on a descriptor.
final class DescriptorSource extends DescriptorStream implements ByteSource {
    private boolean eager; // the reader only: the last read took all that it had room for, so there may be more

    DescriptorSource(Handle handle) {
        super(handle, true, true);
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        enter();
        try {
            if (!Room.in(into, this)) {
                return 0;
            }
            int n = move(into, -1, eager);
            eager = n > 0 && !into.hasRemaining();
            return n == 0 ? -1 : n;
        } finally {
            leave();
        }
    }
}
