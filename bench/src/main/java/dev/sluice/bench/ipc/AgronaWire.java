package dev.sluice.bench.ipc;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.jspecify.annotations.Nullable;

/// Two rings of Agrona's in a file of `/dev/shm`, each with one producer and one consumer. Who waits spins ([Spin]).
final class AgronaWire implements Wire {
    private static final int TYPE = 1;
    private static final int ROOM = 1 << 20;
    private static final int RING = ROOM + RingBufferDescriptor.TRAILER_LENGTH;

    private final Path file;
    private final boolean first;
    private final OneToOneRingBuffer out;
    private final OneToOneRingBuffer in;
    private final MessageHandler handler;
    private final Spin spin = new Spin();
    private byte @Nullable [] received;

    AgronaWire(String place, boolean first) throws IOException {
        this.file = Path.of("/dev/shm", place);
        this.first = first;
        MappedByteBuffer memory;
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, 2L * RING);
        }
        var there = new OneToOneRingBuffer(new UnsafeBuffer(memory, 0, RING));
        var back = new OneToOneRingBuffer(new UnsafeBuffer(memory, RING, RING));
        this.out = first ? there : back;
        this.in = first ? back : there;
        this.handler = (_, buffer, offset, length) -> {
            byte[] message = new byte[length];
            buffer.getBytes(offset, message);
            received = message;
        };
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
    public byte[] receive() {
        received = null;
        while (received == null) {
            if (in.read(handler, 1) == 0) {
                spin.pause();
            }
        }
        spin.found();
        return Objects.requireNonNull(received);
    }

    @Override
    public void close() throws IOException {
        if (first) {
            Files.deleteIfExists(file);
        }
    }
}
