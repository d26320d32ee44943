package dev.sluice.io;

import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.Strand;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A sink over a blocking stream: a chunk at a time, by a thread that exists while it lasts.
///
/// Invariants: at most one call of the stream is in flight (`draining` is not null). A chunk that was handed
/// over is written, also when its writer does not wait for that: it counts as written in the caller's buffer,
/// and its failure is that of the next operation.
/// Threads: any writer, one at a time; the draining thread. `lock` guards all fields.
final class PumpedSink implements ByteSink {
    private final OutputStream stream;
    private final String name;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private boolean closed;
    private @Nullable StreamException failure;
    private @Nullable Completion<Boolean> draining;
    private @Nullable Strand writer;

    PumpedSink(OutputStream stream, String name) {
        this.stream = stream;
        this.name = name;
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        Strand self = Strand.current();
        self.checkpoint();
        enter(self);
        try {
            while (from.hasRemaining()) {
                awaitIdle();
                drain(from);
            }
            awaitIdle();
        } finally {
            leave();
        }
    }

    private void enter(Strand self) throws StreamException {
        lock.lock();
        try {
            if (writer != null) {
                throw new StreamBusyException("write", name, writer.path());
            }
            check();
            writer = self;
        } finally {
            lock.unlock();
        }
    }

    private void leave() {
        lock.lock();
        try {
            writer = null;
        } finally {
            lock.unlock();
        }
    }

    private void check() throws StreamException {
        if (failure != null) {
            throw failure;
        }
        if (closed) {
            throw StreamException.closed("write", name);
        }
    }

    private void awaitIdle() throws StreamException {
        Completion<Boolean> current = draining();
        if (current != null) {
            current.await(this);
        }
        lock.lock();
        try {
            check();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Completion<Boolean> draining() {
        lock.lock();
        try {
            return draining;
        } finally {
            lock.unlock();
        }
    }

    private void drain(ByteBuffer from) {
        byte[] chunk = new byte[Math.min(from.remaining(), Streams.CHUNK)];
        from.get(chunk);
        var done = new Completion<Boolean>();
        lock.lock();
        try {
            draining = done;
        } finally {
            lock.unlock();
        }
        try {
            Pump.run(() -> pump(chunk, done));
        } catch (Throwable noThread) {
            from.position(from.position() - chunk.length);
            ended(null);
            throw noThread;
        }
    }

    private void pump(byte[] chunk, Completion<Boolean> done) {
        StreamException failed = null;
        try {
            stream.write(chunk);
            stream.flush();
        } catch (Throwable e) {
            failed = Pump.translate("write", name, e);
        }
        boolean last = ended(failed);
        done.complete(true);
        if (last) {
            Pump.closeNow(stream);
        }
    }

    /// A chunk is no longer being written.
    ///
    /// @return whether the sink has been closed meanwhile, so that the stream is still to be closed
    private boolean ended(@Nullable StreamException failed) {
        lock.lock();
        try {
            failure = failed;
            draining = null;
            return closed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            if (draining != null) {
                return; // what was handed over is written first; the thread that does it closes
            }
        } finally {
            lock.unlock();
        }
        Pump.close(stream, "close " + name);
    }

    @Override
    public String toString() {
        return name;
    }
}
