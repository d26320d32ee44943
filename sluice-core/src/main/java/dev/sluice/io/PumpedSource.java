package dev.sluice.io;

import dev.sluice.internal.io.Room;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.Strand;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A source over a blocking stream: one read ahead, by a thread that exists while it lasts.
///
/// Invariants: at most one call of the stream is in flight, and it fills `buffer` from 0; nobody else touches
/// `buffer` then (`filling` is not null). What it has brought stays until it is read, whoever waits.
/// Threads: any reader, one at a time; the filling thread. `lock` guards all fields.
final class PumpedSource implements ByteSource {
    private final InputStream stream;
    private final String name;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock; the content of buffer belongs to the filling thread while there is one.
    private byte[] buffer = new byte[0];
    private int start;
    private int end;
    private boolean ended;
    private boolean closed;
    private @Nullable StreamException failure;
    private @Nullable Completion<Boolean> filling;
    private @Nullable Strand reader;

    PumpedSource(InputStream stream, String name) {
        this.stream = stream;
        this.name = name;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (!Room.in(into, this)) {
            return 0;
        }
        Strand self = Strand.current();
        self.checkpoint();
        enter(self);
        try {
            while (true) {
                Completion<Boolean> wait = null;
                lock.lock();
                try {
                    int n = take(into);
                    if (n != 0) {
                        return n;
                    }
                    wait = fill();
                } finally {
                    lock.unlock();
                }
                wait.await(this);
            }
        } finally {
            leave();
        }
    }

    private void enter(Strand self) {
        lock.lock();
        try {
            if (reader != null) {
                throw new StreamBusyException("read", name, reader.path());
            }
            reader = self;
        } finally {
            lock.unlock();
        }
    }

    private void leave() {
        lock.lock();
        try {
            reader = null;
        } finally {
            lock.unlock();
        }
    }

    /// @return bytes taken, -1 at the end, 0 if the stream has to be asked
    private int take(ByteBuffer into) throws StreamException {
        if (closed) {
            throw StreamException.closed("read", name);
        }
        if (start < end) {
            int n = Math.min(end - start, into.remaining());
            into.put(buffer, start, n);
            start += n;
            return n;
        }
        if (failure != null) {
            throw failure;
        }
        return ended ? -1 : 0;
    }

    private Completion<Boolean> fill() {
        Completion<Boolean> current = filling;
        if (current == null) {
            current = new Completion<>();
            if (buffer.length == 0) {
                buffer = new byte[Streams.CHUNK];
            }
            filling = current;
            try {
                Pump.run(this::pump);
            } catch (Throwable noThread) {
                filling = null;
                throw noThread;
            }
        }
        return current;
    }

    private void pump() {
        int n = -1;
        StreamException failed = null;
        try {
            n = stream.read(buffer, 0, buffer.length);
        } catch (Throwable e) {
            failed = Pump.translate("read", name, e);
        }
        Completion<Boolean> done;
        lock.lock();
        try {
            start = 0;
            end = Math.max(n, 0);
            ended = n < 0;
            failure = failed;
            done = filling;
            filling = null;
        } finally {
            lock.unlock();
        }
        if (done != null) {
            done.complete(true);
        }
    }

    @Override
    public void close() throws IOException {
        Completion<Boolean> waiting;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            waiting = filling;
        } finally {
            lock.unlock();
        }
        if (waiting != null) {
            waiting.complete(true); // the reader finds the stream closed; the thread ends when its read does
        }
        Pump.close(stream, "close " + name);
    }

    @Override
    public String toString() {
        return name;
    }
}
