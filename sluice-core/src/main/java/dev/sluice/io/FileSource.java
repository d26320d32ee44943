package dev.sluice.io;

import dev.sluice.internal.io.FileTarget;
import dev.sluice.internal.io.OpenFile;
import dev.sluice.internal.io.Room;
import dev.sluice.internal.io.Turn;
import dev.sluice.internal.strand.Sleep;
import dev.sluice.internal.strand.Strand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;

/// A file, or a region of one, read at positions of ours: what a transfer did not hand over is read again by
/// the next one.
///
/// Invariant: `position` is behind the last byte that a reader, or a sink, has taken.
///
/// Threads: any; `turn` keeps readers apart.
final class FileSource implements ByteSource {
    /// What is left of a file that is read to its end, wherever that is.
    static final long TO_THE_END = Long.MAX_VALUE;

    private final Storage storage;
    private final Storage.Access reading;
    private final String name;
    private final Turn turn = new Turn();
    private volatile boolean closed; // set by any thread; pairs with the read in enter

    // By who has the turn.
    private long position;
    private long left;

    /// @param storage belongs to the source from now on
    /// @param count how many bytes there must be, or [#TO_THE_END]
    FileSource(Storage storage, String name, long position, long count) {
        this.storage = storage;
        this.reading = storage.access(true);
        this.name = name;
        this.position = position;
        this.left = count;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        enter();
        try {
            if (!Room.in(into, this)) {
                return 0;
            }
            int count = readHere(into);
            advance(count);
            return count == 0 ? -1 : count;
        } finally {
            turn.leave();
        }
    }

    /// @return how many bytes, which are not counted yet; 0 at the end
    private int readHere(ByteBuffer into) throws IOException {
        if (left == 0) {
            return 0;
        }
        int limit = into.limit();
        into.limit(into.position() + (int) Math.min(left, into.remaining()));
        try {
            int count = reading.move(into, position);
            requireSome(count);
            return count;
        } finally {
            into.limit(limit);
        }
    }

    /// @throws StreamException at the end of the file, if there should be more
    private void requireSome(int count) throws StreamException {
        if (count == 0 && left != TO_THE_END) {
            throw StreamException.shrunk(name, position, left);
        }
    }

    private void advance(long count) {
        position += count;
        if (left != TO_THE_END) {
            left -= count;
        }
    }

    @Override
    public long transferTo(ByteSink sink) throws IOException {
        Objects.requireNonNull(sink, "sink");
        Strand self = enter();
        try {
            long start = position;
            OpenFile file = storage.file();
            boolean ended = file != null && sink instanceof FileTarget target && send(file, target, self);
            if (!ended) {
                copy(sink);
            }
            return position - start;
        } finally {
            turn.leave();
        }
    }

    /// Has the system move the bytes.
    ///
    /// @return whether the end was reached; if not, the rest is to be copied
    private boolean send(OpenFile file, FileTarget target, Strand self) throws IOException {
        while (left > 0) {
            int count = target.writeFrom(file, position, left);
            if (count == FileTarget.COPY) {
                return false;
            }
            requireSome(count);
            if (count == 0) {
                return true;
            }
            advance(count);
            Sleep.pass(self); // the sink may have had room all the time
        }
        return true;
    }

    private void copy(ByteSink sink) throws IOException {
        int room = (int) Math.min(Streams.CHUNK, left);
        ByteBuffer piece = ByteBuffer.allocate(room);
        for (int count; (count = readHere(piece.clear())) > 0; ) {
            piece.flip();
            try {
                sink.write(piece);
            } finally {
                advance(count - piece.remaining());
            }
        }
    }

    private Strand enter() throws StreamException {
        Strand self = turn.enter("read", this, StreamBusyException::new);
        if (closed) {
            turn.leave();
            throw StreamException.closed("read", name);
        }
        return self;
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            storage.close();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
