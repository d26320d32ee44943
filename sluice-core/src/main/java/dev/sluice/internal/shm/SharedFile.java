package dev.sluice.internal.shm;

import static dev.sluice.internal.shm.SharedFileException.Problem.DAMAGED;
import static dev.sluice.internal.shm.SharedFileException.Problem.NOT_OURS;
import static dev.sluice.internal.shm.SharedFileException.Problem.NO_ROOM;
import static dev.sluice.internal.shm.SharedFileException.Problem.SYSTEM;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Fcntl;
import dev.sluice.internal.linux.Files;
import dev.sluice.internal.linux.Memory;
import dev.sluice.internal.linux.SharedMapping;
import dev.sluice.internal.linux.Unistd;
import dev.sluice.time.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// One shared object's file, open and mapped, and this opener's place in it.
///
///     0        128                           128 + 128 n       totalBytes
///     | header | participants: n × 128 bytes | the object's own |
///
/// *Made unseen*: the file has no name until it is whole; whoever is killed before leaves nothing. Of several
/// makers one gives it the name, the others open that. *Backed*: all its memory is reserved before it is
/// mapped, and an opener checks that it is, because touching memory that cannot be had would end the JVM.
/// *Checked before it is mapped*: owner, permissions, size and header, from the open descriptor.
///
/// Threads: any, after it is open. The object that it is of closes it.
final class SharedFile implements AutoCloseable {
    private static final int READ_WRITE = 0600;
    private static final int TRIES = 100;
    private static final long MOST_BYTES = 1L << 40;

    private final String path;
    private final int fd;
    private final FileHeader header;
    private final SharedMapping memory;
    private final Calls calls;
    private final Participants participants;
    private final ReentrantLock tending = new ReentrantLock(); // of strands and the wait thread, never a bare loop's
    private boolean tended = true; // guarded by tending
    private volatile boolean left; // pairs with the read in hasLeft; set before the memory goes
    private Remains remains = _ -> () -> {}; // set by join, before others know of the file
    private Participants.Release release = () -> {}; // likewise
    private volatile boolean hasDamage; // pairs with the read in isDamaged; set once

    /// What somebody wants to open, or to make if it is not there.
    ///
    /// @param participants how many may use it at once, at most [Participants#MOST]; for a new one
    /// @param limits for a new one
    record Request(FileHeader.Kind kind, int participants, FileHeader.Limits limits) {}

    /// What is to be released of the dead, and of who leaves.
    @FunctionalInterface
    interface Remains {
        /// Says how it is released through one mapping of the file.
        Participants.Release in(SharedFile file);
    }

    /// What an object of a kind looks like behind the participants.
    interface Layout {
        /// How many bytes it needs.
        ///
        /// @throws IllegalArgumentException if the limits make no sense
        long bodyBytes(FileHeader.Limits limits);

        /// Writes what is not zero in a new one.
        void initialise(SharedMapping memory, long body, FileHeader.Limits limits);
    }

    /// What a kind of object looks like that begins with nothing but zeros.
    @FunctionalInterface
    interface ZeroLayout extends Layout {
        @Override
        default void initialise(SharedMapping memory, long body, FileHeader.Limits limits) {}
    }

    private SharedFile(String path, int fd, FileHeader header, SharedMapping memory) {
        this.path = path;
        this.fd = fd;
        this.header = header;
        this.memory = memory;
        this.calls = new Calls();
        this.participants = new Participants(memory, fd, header.participants(), calls);
    }

    /// Opens the file of an object, and makes it if it is not there. [#join] it then.
    ///
    /// @throws SharedFileException if it cannot be had, or is none of ours
    static SharedFile open(SharedDirectory directory, String name, Request request, Layout layout) throws IOException {
        SharedDirectory.requireName(name);
        Identity self = Identity.ofThisProcess();
        CallState state = new CallState();
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        String path = directory.pathOf(name);
        for (int i = 0; i < TRIES; i++) {
            int flags = Fcntl.O_RDWR | Fcntl.O_NOFOLLOW | Fcntl.O_CLOEXEC | Fcntl.O_NONBLOCK;
            int fd = Files.openAt(state, directory.descriptor(), bytes, flags, 0);
            if (fd >= 0) {
                return existing(state, fd, path, request.kind, layout);
            }
            if (fd == -Errno.ELOOP) {
                throw new SharedFileException(NOT_OURS, "open " + path + ": a symbolic link, expected a file");
            }
            if (fd != -Errno.ENOENT) {
                throw new SharedFileException(SYSTEM, Errno.message("open", path, fd));
            }
            create(state, directory, name, new Making(request, layout, self));
        }
        throw new SharedFileException(SYSTEM, "open " + path + ": removed " + TRIES + " times, expected it to stay");
    }

    /// What kind of object a file is of; empty for a file that is none of ours, or that has gone.
    static Optional<FileHeader.Kind> kindOf(SharedDirectory directory, String name) throws IOException {
        CallState state = new CallState();
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        int flags = Fcntl.O_RDONLY | Fcntl.O_NOFOLLOW | Fcntl.O_CLOEXEC | Fcntl.O_NONBLOCK;
        int fd = Files.openAt(state, directory.descriptor(), bytes, flags, 0);
        if (fd < 0) {
            return Optional.empty();
        }
        try {
            String path = directory.pathOf(name);
            Files.Status status = Files.status(state, fd, path);
            SharedDirectory.requireOurs(state, status, path);
            if (!status.isRegular()) {
                return Optional.empty();
            }
            byte[] head = head(state, fd, path);
            return Optional.of(
                    FileHeader.decode(head, path, Identity.ofThisProcess()).kind());
        } catch (SharedFileException noneOfOurs) {
            return Optional.empty();
        } finally {
            Unistd.close(state, fd);
        }
    }

    /// Opens a file to look at it, of whatever kind it is; nobody joins. [#abandon] it then.
    ///
    /// @throws SharedFileException if it is not there, or none of ours
    static SharedFile openToLook(SharedDirectory directory, String name) throws IOException {
        SharedDirectory.requireName(name);
        CallState state = new CallState();
        String path = directory.pathOf(name);
        int flags = Fcntl.O_RDWR | Fcntl.O_NOFOLLOW | Fcntl.O_CLOEXEC | Fcntl.O_NONBLOCK;
        int fd = Files.openAt(state, directory.descriptor(), name.getBytes(StandardCharsets.UTF_8), flags, 0);
        if (fd < 0) {
            throw new SharedFileException(SYSTEM, Errno.message("open", path, fd));
        }
        return existing(state, fd, path, null, null);
    }

    // ---- making

    private record Making(Request request, Layout layout, Identity self) {}

    /// Makes the file, unless somebody else does; it is opened as any other then.
    private static void create(CallState state, SharedDirectory directory, String name, Making making)
            throws IOException {
        Request request = making.request;
        long body = Participants.OFFSET + Participants.bytes(request.participants);
        long bytes = body + making.layout.bodyBytes(request.limits);
        var header = new FileHeader(request.kind, bytes, request.participants, request.limits);
        String path = directory.pathOf(name);
        byte[] here = {'.'};
        int flags = Fcntl.O_TMPFILE | Fcntl.O_RDWR | Fcntl.O_CLOEXEC;
        int fd = Files.openAt(state, directory.descriptor(), here, flags, READ_WRITE);
        if (fd < 0) {
            throw new SharedFileException(SYSTEM, Errno.message("create", path, fd));
        }
        try {
            Steps.at("create.opened");
            reserve(state, fd, bytes, path);
            Steps.at("create.reserved");
            try (SharedMapping memory = SharedMapping.map(state, fd, bytes, path)) {
                byte[] first = header.encode(making.self, Clock.system().nanoTime());
                memory.write(first, 0, 0, first.length);
                making.layout.initialise(memory, body, request.limits);
            }
            Steps.at("create.filled");
            int linked = Files.link(state, fd, directory.descriptor(), name.getBytes(StandardCharsets.UTF_8));
            if (linked < 0 && linked != -Errno.EEXIST) {
                throw new SharedFileException(SYSTEM, Errno.message("link", path, linked));
            }
            Steps.at("create.linked");
        } finally {
            Unistd.close(state, fd);
        }
    }

    private static void reserve(CallState state, int fd, long bytes, String path) throws SharedFileException {
        int result = Files.allocate(state, fd, bytes);
        if (result == -Errno.ENOSPC || result == -Errno.ENOMEM) {
            throw new SharedFileException(
                    NO_ROOM, Errno.message("reserve " + bytes + " bytes of", path, result) + ": shared memory is full");
        }
        if (result < 0) {
            throw new SharedFileException(SYSTEM, Errno.message("reserve " + bytes + " bytes of", path, result));
        }
    }

    // ---- opening

    /// @param kind what it must be, or null
    /// @param layout how large it must be, or null: as large as it says
    private static SharedFile existing(
            CallState state, int fd, String path, FileHeader.@Nullable Kind kind, @Nullable Layout layout)
            throws IOException {
        try {
            Files.Status status = Files.status(state, fd, path);
            SharedDirectory.requireOurs(state, status, path);
            if (!status.isRegular()) {
                throw new SharedFileException(NOT_OURS, "open " + path + ": not a regular file");
            }
            if (status.size() < FileHeader.BYTES) {
                throw new SharedFileException(
                        DAMAGED, "open " + path + ": bytes=" + status.size() + ", expected " + FileHeader.BYTES);
            }
            FileHeader header = FileHeader.decode(head(state, fd, path), path, Identity.ofThisProcess());
            if (kind != null) {
                header.require(kind, path);
            }
            requireSize(status, header, layout, path);
            return new SharedFile(path, fd, header, SharedMapping.map(state, fd, header.totalBytes(), path));
        } catch (Throwable e) {
            Unistd.close(state, fd);
            throw e;
        }
    }

    private static byte[] head(CallState state, int fd, String path) throws IOException {
        long address = Memory.allocate(FileHeader.BYTES);
        try {
            int read = Unistd.pread(state, fd, address, FileHeader.BYTES, 0);
            if (read < 0) {
                throw Errno.exception("read", path, read);
            }
            byte[] bytes = new byte[FileHeader.BYTES];
            Memory.copy(address, bytes, 0, read);
            return bytes;
        } finally {
            Memory.free(address);
        }
    }

    private static void requireSize(Files.Status status, FileHeader header, @Nullable Layout layout, String path)
            throws SharedFileException {
        long least = Participants.OFFSET + Participants.bytes(header.participants()) + Long.BYTES;
        long expected = Math.max(least, header.totalBytes());
        try {
            expected = layout == null
                    ? expected
                    : Participants.OFFSET
                            + Participants.bytes(header.participants())
                            + layout.bodyBytes(header.limits());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new SharedFileException(DAMAGED, "open " + path + ": " + e.getMessage(), e);
        }
        if (header.totalBytes() != expected
                || status.size() != expected
                || status.backed() < expected
                || expected > MOST_BYTES) {
            throw new SharedFileException(
                    DAMAGED,
                    "open " + path + ": bytes=" + status.size() + " of which " + status.backed()
                            + " have memory, header says " + header.totalBytes() + ", expected " + expected);
        }
    }

    /// Takes a place among the participants.
    ///
    /// @param whatTheDeadLeft releases it, now and for as long as the file is open
    void join(Remains whatTheDeadLeft) throws IOException {
        remains = whatTheDeadLeft;
        release = releaseIn(this);
        String name = ProcessHandle.current().info().command().orElse("java");
        String brief = name.substring(name.lastIndexOf('/') + 1);
        CallState state = calls.take();
        int uid = Unistd.geteuid(state);
        calls.give(state);
        participants.join(Identity.ofThisProcess(), uid, brief, release);
    }

    private Participants.Release releaseIn(SharedFile file) {
        Participants.Release whatTheDeadLeft = remains.in(file);
        return () -> {
            try {
                whatTheDeadLeft.release();
            } catch (IndexOutOfBoundsException damaged) {
                hasDamage = true; // there is nothing to release in it, and whoever uses it is told
            }
        };
    }

    SharedMapping memory() {
        return memory;
    }

    FileHeader header() {
        return header;
    }

    Participants participants() {
        return participants;
    }

    Calls calls() {
        return calls;
    }

    /// Where the object's own part begins.
    long body() {
        return Participants.OFFSET + Participants.bytes(header.participants());
    }

    /// Releases what those who died since the last time have left.
    ///
    /// @return whether somebody had died
    boolean sweep() {
        return participants.sweep(release);
    }

    /// Whether the memory is gone, or about to be: an `IllegalStateException` says nothing else then.
    boolean hasLeft() {
        return left;
    }

    /// Whether somebody has written nonsense into it, so that what the dead left could not be found.
    boolean isDamaged() {
        return hasDamage;
    }

    String path() {
        return path;
    }

    int descriptor() {
        return fd;
    }

    /// Looks after the object, on the thread of this process that does.
    ///
    /// @param otherwise what is answered when the object is being closed; it is not touched then
    long tend(LongSupplier body, long otherwise) {
        tending.lock();
        try {
            return tended ? body.getAsLong() : otherwise;
        } finally {
            tending.unlock();
        }
    }

    /// Waits until nobody looks after the object, and nobody will.
    void leaveTending() {
        tending.lock();
        try {
            tended = false;
        } finally {
            tending.unlock();
        }
    }

    /// Leaves: what this participant owns is released. Once; also when [#join] has failed.
    ///
    /// Strands may be in the middle of something. So the mapping goes first, and nobody of this opening writes
    /// any more when others get what it had; for the release the file is mapped once more.
    @Override
    public void close() {
        left = true;
        memory.close();
        try {
            if (participants.hasJoined()) {
                leave();
            }
        } finally {
            closeDescriptor();
        }
    }

    private void leave() {
        try (SharedMapping again = SharedMapping.map(new CallState(), fd, header.totalBytes(), path)) {
            var leaving = new SharedFile(path, fd, header, again);
            leaving.participants.goOn(participants.stamp());
            leaving.participants.leave(releaseIn(leaving));
        } catch (IOException noMemory) {
            // We end as a killed process does: others release what is ours.
            System.getLogger("dev.sluice").log(System.Logger.Level.DEBUG, "leave " + path, noMemory);
        }
    }

    /// Ends as a killed process does: nothing is released but what the kernel takes.
    void abandon() {
        left = true;
        memory.close();
        closeDescriptor();
    }

    private void closeDescriptor() {
        int result = Unistd.close(new CallState(), fd);
        assert result == 0 : Errno.message("close", path, result);
    }
}
