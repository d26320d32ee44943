package dev.sluice.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// A file without a name for what is too much to hold in memory: written at its end, read as often as wanted,
/// gone when it is closed or the process ends, however it ends.
///
/// Threads: one writer, and any number of readers, each with a source of its own.
public final class SpillFile implements ByteSink {
    private final Storage storage;
    private final Storage.Access writing;
    private final String name;
    private volatile long length; // the writer only writes it, after the bytes; pairs with the reads in content

    private SpillFile(Storage storage, String name) {
        this.storage = storage;
        this.writing = storage.access(false);
        this.name = name;
    }

    /// Makes an empty one.
    ///
    /// @param directory where its space is taken
    public static SpillFile in(Path directory) throws IOException {
        String name = "spill file in " + directory;
        return new SpillFile(Storage.open(directory, name), name);
    }

    /// Appends.
    @Override
    public void write(ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            long end = length;
            length = end + writing.move(from, end);
        }
    }

    /// How many bytes have been written.
    public long length() {
        return length;
    }

    /// What has been written, from the beginning. A read at the end says so, also if more is written later.
    public ByteSource content() {
        return new Content(storage.access(true));
    }

    /// Gives the space back; the sources of its content end with it.
    @Override
    public void close() throws IOException {
        storage.close();
    }

    @Override
    public String toString() {
        return name;
    }

    private final class Content implements ByteSource {
        private final Storage.Access reading;
        private long position; // the reader only
        private volatile boolean closed; // set by any thread; pairs with the read in read

        Content(Storage.Access reading) {
            this.reading = reading;
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            if (closed) {
                throw StreamException.closed("read", name);
            }
            int n = (int) Math.min(into.remaining(), length - position);
            if (n == 0) {
                return into.hasRemaining() ? -1 : 0;
            }
            int limit = into.limit();
            into.limit(into.position() + n);
            try {
                int moved = reading.move(into, position);
                position += moved;
                return moved;
            } finally {
                into.limit(limit);
            }
        }

        @Override
        public void close() {
            closed = true;
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
