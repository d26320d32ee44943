package dev.sluice.process;

import dev.sluice.internal.io.PathBytes;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Fcntl;
import dev.sluice.internal.linux.PidFd;
import dev.sluice.internal.linux.Signals;
import dev.sluice.internal.linux.Spawn;
import dev.sluice.internal.linux.SpawnRequest;
import dev.sluice.internal.linux.Stat;
import dev.sluice.internal.linux.Unistd;
import dev.sluice.internal.linux.Wait;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// One start of a program: makes its descriptors, spawns it, and undoes all of that if a step fails.
///
/// Threads: one, which may block.
final class Launch {
    private static final byte[] NULL = Command.bytes("/dev/null");
    private static final int STANDARD = 3;
    private static final int FILE_MODE = 0666;

    private final CallState calls;
    private final Command command;
    private final SpawnRequest request;

    /// What is the child's, closed here when it has them; and what is ours.
    private final List<Integer> childs = new ArrayList<>(4);

    private final int[] ours = {-1, -1, -1};

    private Launch(CallState calls, Command command) {
        this.calls = calls;
        this.command = command;
        this.request = new SpawnRequest(command.words.getFirst(), command.words);
    }

    /// What has been started.
    ///
    /// @param pidfd the process
    /// @param ours the ends of pipes, by the number that the other end has in the child; -1 for none
    /// @param group whether the process leads a group of its own
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Started(int pid, int pidfd, int[] ours, boolean group) {}

    static Started start(CallState calls, Command command) throws ProcessStartException {
        if (!command.detached) {
            Guardian.ensure(command.toString());
        }
        var launch = new Launch(calls, command);
        try {
            launch.input(command.stdin);
            launch.output(1, command.stdout);
            if (command.stderr.kind == Output.Kind.MERGED) {
                launch.merge();
            } else {
                launch.output(2, command.stderr);
            }
            return launch.spawn();
        } catch (Throwable failure) {
            launch.closeOurs();
            throw failure;
        } finally {
            launch.closeChilds();
        }
    }

    private void input(Input input) throws ProcessStartException {
        switch (input.kind) {
            case NOTHING -> request.open(0, NULL, Fcntl.O_RDONLY);
            case INHERITED -> inherit(0, Fcntl.O_RDONLY);
            case PIPED, BYTES -> {
                long pipe = pipe();
                give(Unistd.readEnd(pipe), 0);
                ours[0] = Unistd.writeEnd(pipe);
            }
            case FILE -> {
                assert input.path != null;
                give(open(input.path, Fcntl.O_RDONLY), 0);
            }
        }
    }

    private void output(int number, Output output) throws ProcessStartException {
        switch (output.kind) {
            case DISCARDED -> request.open(number, NULL, Fcntl.O_WRONLY);
            case INHERITED -> inherit(number, Fcntl.O_WRONLY);
            case PIPED -> {
                long pipe = pipe();
                give(Unistd.writeEnd(pipe), number);
                ours[number] = Unistd.readEnd(pipe);
            }
            case FILE, APPENDED -> {
                assert output.path != null;
                int how = output.kind == Output.Kind.FILE ? Fcntl.O_TRUNC : Fcntl.O_APPEND;
                give(open(output.path, Fcntl.O_WRONLY | Fcntl.O_CREAT | how), number);
            }
            case MERGED -> throw new IllegalStateException("output " + number + " of " + command + ": merged");
        }
    }

    /// Standard error goes where standard output goes.
    private void merge() {
        switch (command.stdout.kind) {
            case DISCARDED -> request.open(2, NULL, Fcntl.O_WRONLY);
            case INHERITED -> request.duplicate(1, 2);
            default -> request.duplicate(childs.getLast(), 2);
        }
    }

    /// A standard stream of this process is the child's, too. One that is closed here is empty there.
    private void inherit(int number, int flags) {
        if (Fcntl.getDescriptorFlags(calls, number) < 0) {
            request.open(number, NULL, flags);
        }
    }

    private void give(int fd, int number) {
        childs.add(fd);
        request.duplicate(fd, number);
    }

    private long pipe() throws ProcessStartException {
        long pipe = Unistd.pipe2(calls, Fcntl.O_CLOEXEC);
        if (pipe < 0) {
            throw failed("pipe", (int) pipe);
        }
        int read = aboveStandard(Unistd.readEnd(pipe));
        int write = aboveStandard(Unistd.writeEnd(pipe));
        if (read < 0 || write < 0) {
            closeAll(List.of(read, write));
            throw failed("pipe", Math.min(read, write));
        }
        return read | (long) write << Integer.SIZE;
    }

    private int open(Path path, int flags) throws ProcessStartException {
        int fd = Fcntl.open(calls, PathBytes.of(path), flags | Fcntl.O_CLOEXEC | Fcntl.O_NOCTTY, FILE_MODE);
        int result = fd < 0 ? fd : aboveStandard(fd);
        if (result < 0) {
            throw failed("file " + path, result);
        }
        return result;
    }

    /// In a process whose own standard streams are closed, new descriptors get their numbers, and would be
    /// overwritten in the child.
    private int aboveStandard(int fd) {
        if (fd >= STANDARD) {
            return fd;
        }
        int moved = Unistd.dupCloseOnExec(calls, fd, STANDARD);
        Unistd.close(calls, fd);
        return moved;
    }

    private Started spawn() throws ProcessStartException {
        if (command.directory != null) {
            request.directory(PathBytes.of(command.directory));
        }
        List<byte[]> environment = command.environment.entries();
        if (!command.detached) {
            environment = new ArrayList<>(environment);
            environment.add(Command.bytes(Guardian.VARIABLE + "=" + Guardian.mark()));
        }
        request.environment(environment);
        // A program that ignores SIGHUP, as under nohup, means that for its children, too.
        request.defaultSignals(~Signals.bit(Signals.SIGHUP));
        request.closeFrom(STANDARD);
        boolean shared = command.stdin.kind == Input.Kind.INHERITED && Unistd.isatty(calls, 0);
        if (command.detached) {
            request.newSession();
        } else if (!shared) {
            request.processGroup(0);
        }
        int pid = Spawn.spawn(request);
        if (pid < 0) {
            throw notSpawned(pid);
        }
        int pidfd = PidFd.open(calls, pid);
        if (pidfd < 0) {
            Signals.kill(calls, shared ? pid : -pid, Signals.SIGKILL);
            int reaped = Wait.waitpid(calls, pid, Wait.WEXITED);
            assert reaped == 0 : Errno.message("await", "killed child", reaped);
            throw failed("pidfd", pidfd);
        }
        return new Started(pid, pidfd, ours, command.detached || !shared);
    }

    /// Finds out which of the things that the kernel needs is not there, or too much.
    private ProcessStartException notSpawned(int result) {
        String error = Errno.name(-result);
        if (error.equals("E2BIG")) {
            return failed("arguments and environment", result);
        }
        if (command.directory != null) {
            int type = Stat.type(calls, PathBytes.of(command.directory));
            if (type != Stat.S_IFDIR) {
                return failed("directory " + command.directory, type < 0 ? type : -Errno.ENOTDIR);
            }
        }
        byte[] program = command.words.getFirst();
        boolean path = new String(program, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf('/') >= 0;
        if (!path && (result == -Errno.ENOENT || result == -Errno.EACCES)) {
            try {
                String search = System.getenv().getOrDefault("PATH", "/bin:/usr/bin");
                Spawn.find(calls, program, Command.bytes(search));
            } catch (IOException notFound) {
                return new ProcessStartException(command.toString(), error, String.valueOf(notFound.getMessage()));
            }
        }
        return failed("program " + command.programName(), result);
    }

    private ProcessStartException failed(String what, int result) {
        return new ProcessStartException(
                command.toString(), Errno.name(-result), what + ": " + Errno.describe(-result));
    }

    private void closeChilds() {
        closeAll(childs);
    }

    private void closeOurs() {
        for (int fd : ours) {
            closeAll(List.of(fd));
        }
    }

    private void closeAll(List<Integer> descriptors) {
        for (int fd : descriptors) {
            if (fd >= 0) {
                int result = Unistd.close(calls, fd);
                assert result == 0 : Errno.message("close", "fd=" + fd, result);
            }
        }
    }
}
