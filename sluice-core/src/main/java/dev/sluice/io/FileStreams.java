package dev.sluice.io;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Files as streams.
///
/// On io_uring the disk is waited for beside the loop. On epoll, which knows nothing of files, each operation
/// holds the loop as long as the disk takes. Opening does so on both.
///
/// Threads: a coroutine; the stream belongs to its loop, but others may use it too.
public final class FileStreams {
    private FileStreams() {}

    /// Reads a file from its beginning.
    public static ByteSource read(Path path) throws IOException {
        return BlockingStreams.source(open(path, () -> new FileInputStream(path.toFile())), name(path));
    }

    /// Writes a file that is created, or emptied if there is one.
    public static ByteSink create(Path path) throws IOException {
        return BlockingStreams.sink(open(path, () -> new FileOutputStream(path.toFile())), name(path));
    }

    /// Writes a file that must not exist.
    ///
    /// @throws StreamException with the error `EEXIST` if it does
    public static ByteSink createNew(Path path) throws IOException {
        Files.createFile(path);
        return create(path);
    }

    /// Writes to the end of a file, which is created if there is none. Several processes may append to one
    /// file; each write of theirs lands whole.
    public static ByteSink append(Path path) throws IOException {
        return BlockingStreams.sink(open(path, () -> new FileOutputStream(path.toFile(), true)), name(path));
    }

    private interface Opening<T> {
        T open() throws IOException;
    }

    private static <T> T open(Path path, Opening<T> opening) throws IOException {
        try {
            return opening.open();
        } catch (FileNotFoundException failed) {
            throw new StreamException("open", name(path), null, String.valueOf(failed.getMessage()));
        }
    }

    private static String name(Path path) {
        return "file " + path;
    }
}
