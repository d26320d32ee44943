package dev.sluice.io;

import dev.sluice.internal.io.LoopCalls;
import dev.sluice.internal.io.PathBytes;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Fcntl;
import dev.sluice.internal.linux.Unistd;
import dev.sluice.internal.loop.EventLoop;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Files as streams, and also named pipes and devices.
///
/// On io_uring the disk is waited for beside the loop. On epoll, which knows nothing of files, each operation
/// holds the loop as long as the disk takes; opening does so on both. Where the poller performs no operations
/// they are [BlockingStreams].
///
/// Threads: a coroutine; the stream belongs to its loop, but others may use it too.
public final class FileStreams {
    private static final int MODE = 0666; // less what the process's umask takes away

    private FileStreams() {}

    /// Reads a file from its beginning to its end, wherever that is when it is reached.
    ///
    /// [ByteSource#transferTo] a connection has the system send what is in a file, without a copy through this
    /// process, if it is a plain TCP or Unix socket of the caller's loop. Through layers, and everywhere else,
    /// the bytes are read and written, 64 KiB at a time. The loop waits for the disk in the first case. Either
    /// way nothing is lost when a transfer is cancelled, or fails: called again, it goes on behind the last
    /// byte that the sink has taken. How many that are, and which of
    /// them the system has moved, a connection's statistics say at any time.
    public static ByteSource read(Path path) throws IOException {
        EventLoop loop = LoopCalls.currentLoop("read " + path);
        if (!LoopCalls.possible(loop)) {
            return Files.isRegularFile(path)
                    ? new FileSource(ofJdk(loop, path), name(path), 0, FileSource.TO_THE_END)
                    : BlockingStreams.source(blocking(path, () -> Files.newInputStream(path)), name(path));
        }
        Handle handle = open(loop, path, Fcntl.O_RDONLY);
        return isSeekable(handle)
                ? new FileSource(new Storage.OfKernel(handle), name(path), 0, FileSource.TO_THE_END)
                : new DescriptorSource(handle);
    }

    /// Reads a region of a file; otherwise as [#read(Path)].
    ///
    /// A file that ends within the region, because somebody has made it shorter, say, is a [StreamException] of
    /// the read or transfer that gets there, behind the bytes that there are.
    ///
    /// @param from where it begins, 0 or more
    /// @param count how many bytes it has, 0 or more
    /// @throws StreamException with the error `ESPIPE` if it is no file with positions, but a pipe, say
    public static ByteSource read(Path path, long from, long count) throws IOException {
        if (from < 0 || count < 0 || from >= Long.MAX_VALUE - count) {
            throw new IllegalArgumentException("read " + path + ": from=" + from + " count=" + count
                    + ", expected 0 or more, and an end below 2^63 - 1");
        }
        EventLoop loop = LoopCalls.currentLoop("read " + path);
        if (!LoopCalls.possible(loop)) {
            return new FileSource(ofJdk(loop, path), name(path), from, count);
        }
        Handle handle = open(loop, path, Fcntl.O_RDONLY);
        if (!isSeekable(handle)) {
            handle.close();
            throw StreamException.of("open", name(path), -Errno.ESPIPE);
        }
        return new FileSource(new Storage.OfKernel(handle), name(path), from, count);
    }

    private static boolean isSeekable(Handle handle) {
        return handle.way == Handle.Way.STORED && Unistd.isSeekable(new CallState(), handle.fd);
    }

    private static Storage ofJdk(EventLoop loop, Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            Files.newInputStream(path).close();
        }
        return blocking(path, () -> Storage.OfJdk.of(path, loop, name(path)));
    }

    /// Writes a file that is created, or emptied if there is one.
    public static ByteSink create(Path path) throws IOException {
        return sink(
                path, Fcntl.O_CREAT | Fcntl.O_TRUNC, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
    }

    /// Writes a file that must not exist yet.
    ///
    /// @throws StreamException with the error `EEXIST` if it does
    public static ByteSink createNew(Path path) throws IOException {
        return sink(path, Fcntl.O_CREAT | Fcntl.O_EXCL, StandardOpenOption.CREATE_NEW);
    }

    /// Writes to the end of a file, which is created if there is none. Each write of several processes that
    /// append to one file lands whole, if it is not longer than 64 KiB.
    public static ByteSink append(Path path) throws IOException {
        return sink(path, Fcntl.O_CREAT | Fcntl.O_APPEND, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static ByteSink sink(Path path, int flags, OpenOption... options) throws IOException {
        EventLoop loop = LoopCalls.currentLoop("write " + path);
        if (!LoopCalls.possible(loop)) {
            OpenOption[] all = java.util.Arrays.copyOf(options, options.length + 1);
            all[options.length] = StandardOpenOption.WRITE;
            return BlockingStreams.sink(blocking(path, () -> Files.newOutputStream(path, all)), name(path));
        }
        return new DescriptorSink(open(loop, path, Fcntl.O_WRONLY | flags));
    }

    private static Handle open(EventLoop loop, Path path, int flags) throws StreamException {
        var state = new CallState();
        // A named pipe whose other end nobody has opened must not hold the loop.
        int fd = Fcntl.open(
                state, PathBytes.of(path), flags | Fcntl.O_CLOEXEC | Fcntl.O_NOCTTY | Fcntl.O_NONBLOCK, MODE);
        if (fd < 0) {
            throw StreamException.of("open", name(path), fd);
        }
        try {
            return Handle.own(LoopCalls.of(loop), fd, name(path));
        } catch (StreamException unfit) {
            Unistd.close(state, fd);
            throw unfit;
        }
    }

    private interface Opening<T> {
        T open() throws IOException;
    }

    private static <T> T blocking(Path path, Opening<T> opening) throws StreamException {
        try {
            return opening.open();
        } catch (FileSystemException failed) {
            @Nullable String error = failed instanceof NoSuchFileException
                    ? "ENOENT"
                    : failed instanceof FileAlreadyExistsException ? "EEXIST" : null;
            throw StreamException.of("open", name(path), error, failed);
        } catch (IOException failed) {
            throw StreamException.of("open", name(path), null, failed);
        }
    }

    static String name(Path path) {
        return "file " + path;
    }
}
