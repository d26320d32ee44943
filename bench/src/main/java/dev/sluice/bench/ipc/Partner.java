package dev.sluice.bench.ipc;

import java.io.IOException;
import java.nio.ByteBuffer;

/// The other process. A first message says how many follow, and whether each is sent back; else one is, at the
/// end.
public final class Partner {
    private Partner() {}

    /// @param arguments the kind of the wire, and its place
    public static void main(String[] arguments) throws IOException {
        Thread.ofPlatform().daemon().start(Partner::endWithParent);
        try (Wire wire = Wire.open(arguments[0], arguments[1], false)) {
            while (true) {
                ByteBuffer order = ByteBuffer.wrap(wire.receive());
                long count = order.getLong();
                boolean echo = order.getInt() != 0;
                for (long i = 0; i < count; i++) {
                    byte[] message = wire.receive();
                    if (echo) {
                        wire.send(message);
                    }
                }
                if (!echo) {
                    wire.send(new byte[Long.BYTES]);
                }
            }
        }
    }

    private static void endWithParent() {
        try {
            int end = System.in.read();
            System.exit(end < 0 ? 0 : 1);
        } catch (IOException e) {
            System.exit(1);
        }
    }
}
