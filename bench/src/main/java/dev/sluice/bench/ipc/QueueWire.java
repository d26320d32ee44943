package dev.sluice.bench.ipc;

import dev.sluice.codec.Codec;
import dev.sluice.space.Lease;
import dev.sluice.space.Queue;
import dev.sluice.space.Space;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A queue of a `shm:` space for each direction; each item is acknowledged.
final class QueueWire implements Wire {
    private final String place;
    private final boolean first;
    private final Space space;
    private final Queue<byte[]> out;
    private final Queue<byte[]> in;

    QueueWire(String place, boolean first) {
        this.place = place;
        this.first = first;
        space = Space.open("shm:" + place);
        Queue<byte[]> there = space.queue("there", Codec.raw(), Queue.Options.defaults());
        Queue<byte[]> back = space.queue("back", Codec.raw(), Queue.Options.defaults());
        out = first ? there : back;
        in = first ? back : there;
    }

    @Override
    public void send(byte[] message) {
        out.put(message);
    }

    @Override
    public byte[] receive() {
        Lease<byte[]> lease = in.take();
        byte[] message = lease.item();
        lease.done();
        return message;
    }

    @Override
    public void close() throws IOException {
        if (first) {
            List.of("there", "back").forEach(space::remove);
            Files.deleteIfExists(Path.of("/dev/shm", place + ".d"));
        }
        space.close();
    }
}
