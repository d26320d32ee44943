package dev.sluice.bench.ipc;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.StoreFileListener;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.TestRollCycles;

/// Two of Chronicle's queues in `/dev/shm`. They keep what was read, in a new file each second; who reads deletes
/// the old ones.
final class ChronicleWire extends SpunWire {
    private final Path there;
    private final Path back;
    private final boolean first;
    private final ChronicleQueue out;
    private final ChronicleQueue in;
    private final ExcerptAppender appender;
    private final ExcerptTailer tailer;
    private final Bytes<?> sent = Bytes.allocateElasticOnHeap();
    private final Bytes<?> received = Bytes.allocateElasticOnHeap();

    ChronicleWire(String place, boolean first) {
        this.there = Path.of("/dev/shm", place + "-there");
        this.back = Path.of("/dev/shm", place + "-back");
        this.first = first;
        this.out = builder(first ? there : back).build();
        this.in =
                builder(first ? back : there).storeFileListener(new Deleting()).build();
        this.appender = out.createAppender();
        this.tailer = in.createTailer();
    }

    private static SingleChronicleQueueBuilder builder(Path place) {
        return SingleChronicleQueueBuilder.binary(place).rollCycle(TestRollCycles.TEST_SECONDLY);
    }

    /// Deletes what the reader has left.
    private static final class Deleting implements StoreFileListener {
        @Override
        public void onReleased(int cycle, File file) {
            if (!file.delete() && file.exists()) {
                throw new IllegalStateException("delete " + file + ": it stays");
            }
        }
    }

    @Override
    public void send(byte[] message) {
        sent.clear();
        sent.write(message);
        appender.writeBytes(sent);
    }

    @Override
    int poll() {
        received.clear();
        if (!tailer.readBytes(received)) {
            return 0;
        }
        take(received.toByteArray());
        return 1;
    }

    @Override
    public void close() throws IOException {
        tailer.close();
        appender.close();
        in.close();
        out.close();
        if (first) {
            delete(there);
            delete(back);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
