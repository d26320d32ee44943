package dev.sluice.bench.ipc;

import dev.sluice.codec.Codec;
import dev.sluice.space.Pipe;
import dev.sluice.space.Space;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A pipe of a `shm:` space.
final class PipeWire implements Wire {
    private final String place;
    private final boolean first;
    private final Space space;
    private final Pipe<byte[]> pipe;

    PipeWire(String place, boolean first) {
        this.place = place;
        this.first = first;
        space = Space.open("shm:" + place);
        pipe = space.pipe("pipe", Codec.raw(), Pipe.Options.defaults());
    }

    @Override
    public void send(byte[] message) {
        pipe.send(message);
    }

    @Override
    public byte[] receive() {
        return pipe.receive();
    }

    @Override
    public void close() throws IOException {
        if (first) {
            List.of("pipe").forEach(space::remove);
            Files.deleteIfExists(Path.of("/dev/shm", place + ".d"));
        }
        space.close();
    }
}
