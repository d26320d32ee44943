package dev.sluice.io;

import dev.sluice.internal.io.LoopCalls;
import dev.sluice.internal.io.PathBytes;
import dev.sluice.internal.linux.CallState;
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

    /// Reads a file from its beginning.
    public static ByteSource read(Path path) throws IOException {
        EventLoop loop = LoopCalls.currentLoop("read " + path);
        if (!LoopCalls.possible(loop)) {
            return BlockingStreams.source(blocking(path, () -> Files.newInputStream(path)), name(path));
        }
        return new DescriptorSource(open(loop, path, Fcntl.O_RDONLY));
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
