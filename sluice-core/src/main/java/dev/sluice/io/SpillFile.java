package dev.sluice.io;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/// A file without a name for what is too much to hold in memory: written at the end, read as often as wanted,
/// gone when it is closed or the process ends, however it ends.
///
/// Threads: one writer, and any number of readers, each with a source of its own.
public final class SpillFile implements ByteSink {
    private final RandomAccessFile file;
    private final String name;
    private final AtomicBoolean closed = new AtomicBoolean();
    private long length;

    private SpillFile(RandomAccessFile file, String name) {
        this.file = file;
        this.name = name;
    }

    /// Makes an empty one.
    ///
    /// @param directory where its space is taken
    public static SpillFile in(Path directory) throws IOException {
        Path path = Files.createTempFile(directory, "sluice-spill-", null);
        var file = new RandomAccessFile(path.toFile(), "rw");
        Files.delete(path);
        return new SpillFile(file, "spill file in " + directory);
    }

    /// Appends.
    @Override
    public void write(ByteBuffer from) throws IOException {
        byte[] bytes = new byte[from.remaining()];
        from.get(bytes);
        file.seek(length);
        file.write(bytes);
        length += bytes.length;
    }

    /// How many bytes have been written.
    public long length() {
        return length;
    }

    /// What has been written, from the beginning; the end is where writing has come to when it is asked.
    public ByteSource content() {
        return new Content();
    }

    /// Gives the space back; the sources of its content end with it.
    @Override
    public void close() throws IOException {
        if (closed.compareAndSet(false, true)) {
            file.close();
        }
    }

    @Override
    public String toString() {
        return name;
    }

    private final class Content implements ByteSource {
        private long position;

        @Override
        public int read(ByteBuffer into) throws IOException {
            byte[] bytes = new byte[(int) Math.min(into.remaining(), length - position)];
            if (bytes.length == 0) {
                return into.hasRemaining() ? -1 : 0;
            }
            file.seek(position);
            file.readFully(bytes);
            into.put(bytes);
            position += bytes.length;
            return bytes.length;
        }

        @Override
        public void close() {}

        @Override
        public String toString() {
            return name;
        }
    }
}
