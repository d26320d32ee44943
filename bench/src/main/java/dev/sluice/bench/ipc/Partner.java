package dev.sluice.bench.ipc;

import java.io.IOException;
import java.nio.ByteBuffer;

/// The other process. A first message says how many follow, and whether each is sent back; else one is, at the
/// end. Of ranks it is another than the first, of a [Fan] one who puts or takes,
/// and of [Watched] the one who answers.
public final class Partner {
    private Partner() {}

    /// @param arguments the kind of the wire, and its place; of ranks the bytes that they reduce, which one it is, and
    /// of how many, too
    public static void main(String[] arguments) throws IOException {
        Thread.ofPlatform().daemon().start(Partner::endWithParent);
        switch (arguments[0]) {
            case "ranks" ->
                AllReduce.take(
                        arguments[1],
                        Integer.parseInt(arguments[2]),
                        Integer.parseInt(arguments[3]),
                        Integer.parseInt(arguments[4]));
            case "puts" -> Fan.puts(arguments[1]);
            case "takes" -> Fan.takes(arguments[1]);
            case "watches" -> Watched.watches(arguments[1]);
            default -> answer(arguments[0], arguments[1]);
        }
    }

    private static void answer(String kind, String place) throws IOException {
        try (Wire wire = Wire.open(kind, place, false)) {
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
