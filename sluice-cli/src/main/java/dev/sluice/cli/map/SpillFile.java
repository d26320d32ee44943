package dev.sluice.cli.map;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A temporary file without a name, for output that memory has no room for.
///
/// It has blocks of one size, handed out and taken back one by one; the file is as long as the most that was
/// ever in it. It is made when it is first needed and gone with its process, however that ends.
///
/// Threads: `allocate` and `free` under a lock of the caller's; the rest any. Reading and writing block.
final class SpillFile implements AutoCloseable {
    static final int BLOCK = 64 * 1024;

    private final Path directory;
    private final long limit;
    private final ReentrantLock lock = new ReentrantLock();

    /// Not a channel: those close when a cancelled coroutine uses them.
    private @Nullable RandomAccessFile file; // guarded by lock

    // Guarded by the caller.
    private int[] free = new int[16];
    private int frees;
    private int made;

    /// @param limit bytes that it may take on the disk
    SpillFile(Path directory, long limit) {
        this.directory = directory;
        this.limit = limit;
    }

    /// A block that nobody has, or -1 if the file may not grow.
    int allocate() {
        if (frees > 0) {
            return free[--frees];
        }
        return (made + 1L) * BLOCK > limit ? -1 : made++;
    }

    void free(int block) {
        assert block >= 0 && block < made : "free: block=" + block + ", expected 0.." + (made - 1);
        if (frees == free.length) {
            free = Arrays.copyOf(free, 2 * frees);
        }
        free[frees++] = block;
    }

    /// Blocks handed out and not taken back.
    int used() {
        return made - frees;
    }

    void write(int block, byte[] bytes, int length) throws IOException {
        lock.lock();
        try {
            RandomAccessFile open = open();
            open.seek((long) block * BLOCK);
            open.write(bytes, 0, length);
        } catch (IOException e) {
            throw failed("write", e);
        } finally {
            lock.unlock();
        }
    }

    void read(int block, byte[] bytes, int length) throws IOException {
        lock.lock();
        try {
            RandomAccessFile open = open();
            open.seek((long) block * BLOCK);
            open.readFully(bytes, 0, length);
        } catch (IOException e) {
            throw failed("read", e);
        } finally {
            lock.unlock();
        }
    }

    private RandomAccessFile open() throws IOException {
        RandomAccessFile open = file;
        if (open == null) {
            Path path = Files.createTempFile(directory, "sluice-map", ".spill");
            open = new RandomAccessFile(path.toFile(), "rw");
            file = open;
            Files.delete(path);
        }
        return open;
    }

    private IOException failed(String operation, IOException cause) {
        return new IOException(
                operation + " output waiting for its turn in " + directory + ": " + cause.getMessage()
                        + ", expected room there (TMPDIR chooses another place)",
                cause);
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            if (file != null) {
                file.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
