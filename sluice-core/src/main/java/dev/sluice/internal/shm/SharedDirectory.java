package dev.sluice.internal.shm;

import static dev.sluice.internal.shm.SharedFileException.Problem.NOT_OURS;
import static dev.sluice.internal.shm.SharedFileException.Problem.SYSTEM;
import static dev.sluice.internal.shm.SharedFileException.Problem.UNSUPPORTED;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Fcntl;
import dev.sluice.internal.linux.Files;
import dev.sluice.internal.linux.LinuxSupport;
import dev.sluice.internal.linux.Unistd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Where the files of one space are: `/dev/shm/NAME.d`, which nobody but its owner may enter.
///
/// All files are opened below the open directory, so that what was checked stays what is used.
///
/// Threads: any.
public final class SharedDirectory implements AutoCloseable {
    /// Where spaces are kept in memory.
    public static final Path BASE = Path.of("/dev/shm");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,99}");
    private static final int OWNER_ONLY = 0700;
    private static final int OTHERS = 077;

    private final Path path;
    private final int fd;

    private SharedDirectory(Path path, int fd) {
        this.path = path;
        this.fd = fd;
    }

    /// Why there is no shared memory on this system, or null.
    public static @Nullable String refused() {
        return LinuxSupport.callsRefused();
    }

    /// Opens the directory of a space, and makes it if it is not there.
    ///
    /// @param base a directory in a file system in memory
    /// @param name 1 to 100 of letters, digits, `.`, `_` and `-`, the first no dot and no dash
    /// @throws SharedFileException if it cannot be had, is somebody else's, or open to others
    /// @throws IllegalArgumentException for another name
    public static SharedDirectory open(Path base, String name) throws IOException {
        requireName(name);
        String refused = refused();
        if (refused != null) {
            throw new SharedFileException(UNSUPPORTED, "open shared memory " + name + ": " + refused);
        }
        Path path = base.resolve(name + ".d");
        byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
        CallState state = new CallState();
        int made = Files.makeDirectory(state, bytes, OWNER_ONLY);
        if (made < 0 && made != -Errno.EEXIST) {
            throw new SharedFileException(SYSTEM, Errno.message("mkdir", path.toString(), made));
        }
        int flags = Fcntl.O_DIRECTORY | Fcntl.O_NOFOLLOW | Fcntl.O_CLOEXEC;
        int fd = Fcntl.open(state, bytes, flags, 0);
        if (fd == -Errno.ELOOP || fd == -Errno.ENOTDIR) {
            throw new SharedFileException(NOT_OURS, "open " + path + ": a link or a file, expected a directory");
        }
        if (fd < 0) {
            throw new SharedFileException(SYSTEM, Errno.message("open", path.toString(), fd));
        }
        try {
            check(state, fd, path);
            return new SharedDirectory(path, fd);
        } catch (IOException e) {
            Unistd.close(state, fd);
            throw e;
        }
    }

    private static void check(CallState state, int fd, Path path) throws IOException {
        Files.Status status = Files.status(state, fd, path.toString());
        requireOurs(state, status, path.toString());
        if (Files.fileSystem(state, fd) != Files.TMPFS_MAGIC) {
            throw new SharedFileException(
                    UNSUPPORTED, "open " + path + ": not on a file system in memory, expected tmpfs");
        }
    }

    /// Checks that a file is ours and nobody else can write it.
    static void requireOurs(CallState state, Files.Status status, String path) throws SharedFileException {
        int uid = Unistd.geteuid(state);
        if (status.uid() != uid) {
            throw new SharedFileException(NOT_OURS, "open " + path + ": owner=" + status.uid() + ", expected " + uid);
        }
        if ((status.permissions() & OTHERS) != 0) {
            throw new SharedFileException(
                    NOT_OURS,
                    "open %s: permissions=%o, expected none for others".formatted(path, status.permissions()));
        }
    }

    /// Checks the name of a space or an object.
    static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("shared name: name=" + name
                    + ", expected 1..100 of A-Z a-z 0-9 . _ -, the first of them no dot and no dash");
        }
    }

    /// The names of the files in it, sorted.
    public List<String> list() throws IOException {
        try (Stream<Path> files = java.nio.file.Files.list(path)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /// Takes the name of a file away. Who has it open goes on with it; who opens the name next makes a new one.
    ///
    /// @return false if there was none
    public boolean remove(String name) throws IOException {
        requireName(name);
        int result = Files.unlinkAt(new CallState(), fd, name.getBytes(StandardCharsets.UTF_8));
        if (result == -Errno.ENOENT) {
            return false;
        }
        if (result < 0) {
            throw new SharedFileException(SYSTEM, Errno.message("unlink", pathOf(name), result));
        }
        return true;
    }

    /// Takes the name of a file away, if it still is the one that is open. The caller holds the lock of its
    /// first byte.
    void removeIfSame(String name, int open) throws IOException {
        if (isSame(name, open)) {
            remove(name);
        }
    }

    /// Whether a name is that of a file that is open.
    boolean isSame(String name, int open) throws IOException {
        CallState state = new CallState();
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        int flags = Fcntl.O_RDONLY | Fcntl.O_NOFOLLOW | Fcntl.O_CLOEXEC | Fcntl.O_NONBLOCK;
        int there = Files.openAt(state, fd, bytes, flags, 0);
        if (there < 0) {
            return false; // it has none
        }
        try {
            String path = pathOf(name);
            return Files.status(state, there, path).inode()
                    == Files.status(state, open, path).inode();
        } finally {
            Unistd.close(state, there);
        }
    }

    /// Removes all files and the directory.
    public void removeAll() throws IOException {
        for (String name : list()) {
            remove(name);
        }
        int result = Files.removeDirectory(new CallState(), path.toString().getBytes(StandardCharsets.UTF_8));
        if (result < 0 && result != -Errno.ENOENT) {
            throw new SharedFileException(SYSTEM, Errno.message("rmdir", path.toString(), result));
        }
    }

    int descriptor() {
        return fd;
    }

    String pathOf(String name) {
        return path.resolve(name).toString();
    }

    @Override
    public void close() {
        int result = Unistd.close(new CallState(), fd);
        assert result == 0 : Errno.message("close", path.toString(), result);
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
