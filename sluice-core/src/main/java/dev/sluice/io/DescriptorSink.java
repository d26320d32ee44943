package dev.sluice.io;

import java.io.IOException;
import java.nio.ByteBuffer;

/// What goes to a descriptor.
final class DescriptorSink extends DescriptorStream implements ByteSink {
    DescriptorSink(Handle handle) {
        super(handle, false, true);
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        enter();
        try {
            while (from.hasRemaining()) {
                move(from, -1, true);
            }
        } finally {
            leave();
        }
    }
}
