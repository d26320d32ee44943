package dev.sluice.bench.ipc;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/// Two rings of Agrona's in a file of `/dev/shm`, each with one producer and one consumer.
final class AgronaWire extends SpunWire {
    private static final int TYPE = 1;
    private static final int ROOM = 1 << 20;
    private static final int RING = ROOM + RingBufferDescriptor.TRAILER_LENGTH;

    private final Path file;
    private final boolean first;
    private final OneToOneRingBuffer out;
    private final OneToOneRingBuffer in;
    private final MessageHandler handler;

    AgronaWire(String place, boolean first) throws IOException {
        this.file = Path.of("/dev/shm", place);
        this.first = first;
        MappedByteBuffer memory;
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, 2L * RING);
        }
        var there = new OneToOneRingBuffer(new UnsafeBuffer(memory, 0, RING));
        var back = new OneToOneRingBuffer(new UnsafeBuffer(memory, RING, RING));
        this.out = first ? there : back;
        this.in = first ? back : there;
        this.handler = (_, buffer, offset, length) -> take(buffer, offset, length);
    }

    @Override
    public void send(byte[] message) {
        var buffer = new UnsafeBuffer(message);
        while (!out.write(TYPE, buffer, 0, message.length)) {
            spin.pause();
        }
        spin.found();
    }

    @Override
    int poll() {
        return in.read(handler, 1);
    }

    @Override
    public void close() throws IOException {
        if (first) {
            Files.deleteIfExists(file);
        }
    }
}
