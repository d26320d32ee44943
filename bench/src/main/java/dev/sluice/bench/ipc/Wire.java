package dev.sluice.bench.ipc;

import java.io.IOException;

/// One end of a way between two processes. Threads: one.
interface Wire extends AutoCloseable {
    void send(byte[] message) throws IOException;

    byte[] receive() throws IOException;

    @Override
    void close() throws IOException;

    /// Opens an end.
    ///
    /// @param kind pipe, queue, unix, aeron, agrona, chronicle or jeromq
    /// @param place a name that both ends know
    /// @param first whether this is the process that measures, which opens its end first
    static Wire open(String kind, String place, boolean first) throws IOException {
        return switch (kind) {
            case "pipe" -> new PipeWire(place, first);
            case "queue" -> new QueueWire(place, first);
            case "unix" -> new UnixWire(place, first);
            case "aeron" -> new AeronWire(place, first);
            case "agrona" -> new AgronaWire(place, first);
            case "chronicle" -> new ChronicleWire(place, first);
            case "jeromq" -> new JeroWire(place, first);
            default ->
                throw new IllegalArgumentException(
                        "wire: kind=" + kind + ", expected pipe, queue, unix, aeron, agrona, chronicle or jeromq");
        };
    }
}
