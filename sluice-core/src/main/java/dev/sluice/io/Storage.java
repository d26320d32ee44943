package dev.sluice.io;

import dev.sluice.internal.access.Engines;
import dev.sluice.internal.io.LoopCalls;
import dev.sluice.internal.io.OpenFile;
import dev.sluice.internal.io.PathBytes;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Fcntl;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.strand.Strand;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A file that is written and read at given positions.
///
/// Threads: any; each access one at a time.
interface Storage {
    /// One who reads it, or writes it.
    interface Access {
        /// Moves some bytes at a position of the file.
        ///
        /// @return how many; 0 at the end
        int move(ByteBuffer buffer, long position) throws IOException;
    }

    Access access(boolean reads);

    /// The open file, for calls that take one.
    ///
    /// @return null where it is not the system's
    @Nullable OpenFile file();

    void close() throws IOException;

    /// Makes one without a name, on the caller's loop.
    static Storage open(Path directory, String name) throws IOException {
        EventLoop loop = LoopCalls.currentLoop(name);
        if (!LoopCalls.possible(loop)) {
            return OfJdk.unnamed(directory, loop, name);
        }
        var state = new CallState();
        int flags = Fcntl.O_RDWR | Fcntl.O_CLOEXEC;
        int fd = Fcntl.open(state, PathBytes.of(directory), flags | Fcntl.O_TMPFILE, 0600);
        if (fd < 0 && Files.isDirectory(directory)) {
            // Not every file system has files without a name from the start.
            Path path = Files.createTempFile(directory, "sluice-spill-", null);
            try {
                fd = Fcntl.open(state, PathBytes.of(path), flags, 0);
            } finally {
                Files.delete(path);
            }
        }
        if (fd < 0) {
            throw StreamException.of("open", name, fd);
        }
        return new OfKernel(Handle.own(LoopCalls.of(loop), fd, name, Handle.Way.STORED));
    }

    /// On a descriptor of the loop.
    record OfKernel(Handle handle) implements Storage {
        @Override
        public Access access(boolean reads) {
            return new Part(handle, reads);
        }

        @Override
        public OpenFile file() {
            return handle;
        }

        @Override
        public void close() throws IOException {
            int result = handle.close();
            if (result < 0) {
                throw StreamException.of("close", handle.name, result);
            }
        }

        private static final class Part extends DescriptorStream implements Access {
            Part(Handle handle, boolean reads) {
                super(handle, reads, false);
            }

            @Override
            public int move(ByteBuffer buffer, long position) throws IOException {
                enter();
                try {
                    return move(buffer, position, false);
                } finally {
                    leave();
                }
            }
        }
    }

    /// On a file of the JDK's, by offloaded calls; not on a channel, which an interrupt would close.
    final class OfJdk implements Storage {
        private final RandomAccessFile file;
        private final EventLoop loop;
        private final String name;
        private final ReentrantLock position = new ReentrantLock(); // from a seek to the call behind it

        private OfJdk(RandomAccessFile file, EventLoop loop, String name) {
            this.file = file;
            this.loop = loop;
            this.name = name;
        }

        static Storage unnamed(Path directory, EventLoop loop, String name) throws IOException {
            Path path = Files.createTempFile(directory, "sluice-spill-", null);
            try {
                return new OfJdk(new RandomAccessFile(path.toFile(), "rw"), loop, name);
            } finally {
                Files.delete(path);
            }
        }

        /// One that exists, to read it.
        static Storage of(Path path, EventLoop loop, String name) throws IOException {
            return new OfJdk(new RandomAccessFile(path.toFile(), "r"), loop, name);
        }

        @Override
        public Access access(boolean reads) {
            return (buffer, at) -> {
                byte[] bytes = new byte[Math.min(buffer.remaining(), Streams.CHUNK)];
                if (!reads) {
                    buffer.get(buffer.position(), bytes);
                }
                int moved = offload(() -> reads ? read(bytes, at) : write(bytes, at));
                if (reads) {
                    buffer.put(bytes, 0, moved);
                } else {
                    buffer.position(buffer.position() + moved);
                }
                return moved;
            };
        }

        private int offload(dev.sluice.internal.strand.Offloader.Work<Integer, IOException> work) throws IOException {
            Strand caller = Strand.current();
            boolean here = caller.loop() == null || caller.isOffloaded() || loop.simulated();
            try {
                return here ? work.call() : Engines.offloader(loop).call(work);
            } catch (IOException failed) {
                throw StreamException.of("use", name, null, failed);
            }
        }

        @Override
        public @Nullable OpenFile file() {
            return null;
        }

        private int read(byte[] into, long at) throws IOException {
            position.lock();
            try {
                file.seek(at);
                return Math.max(0, file.read(into));
            } finally {
                position.unlock();
            }
        }

        private int write(byte[] from, long at) throws IOException {
            position.lock();
            try {
                file.seek(at);
                file.write(from);
                return from.length;
            } finally {
                position.unlock();
            }
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
