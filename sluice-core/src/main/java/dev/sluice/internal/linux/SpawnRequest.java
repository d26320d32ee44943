package dev.sluice.internal.linux;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What [Spawn#spawn] starts. Names and arguments are bytes, as the kernel takes them: any but NUL passes intact.
///
/// The child has no signals blocked (a thread of the JVM has some), and what the program ignores stays ignored.
/// It inherits the descriptors that the actions give it, and others only if they are not closed on exec; see
/// [#closeFrom].
///
/// Threads: one. Reusable, also with changes in between.
public final class SpawnRequest {
    /// One thing that the child does to its descriptors before it becomes the program.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    sealed interface Action {
        /// `dup2(from, to)`; equal numbers keep a descriptor that would be closed on exec.
        record Duplicate(int from, int to) implements Action {}

        /// `to = open(path, flags)`
        record Open(int to, byte[] path, int flags) implements Action {}
    }

    final byte[] program;
    final List<byte[]> arguments;
    final List<Action> actions = new ArrayList<>();

    @Nullable List<byte[]> environment;

    byte @Nullable [] directory;
    int processGroup = -1;
    boolean newSession;
    int closeFrom = -1;
    long blockedSignals;
    long defaultSignals;

    /// Starts from a program and its arguments.
    ///
    /// @param program path of the program; without a slash it is looked for in the `PATH` of this process
    /// @param arguments all of them, the name of the program first
    /// @throws IllegalArgumentException when one of them contains NUL, or there is none
    public SpawnRequest(byte[] program, List<byte[]> arguments) {
        if (arguments.isEmpty()) {
            throw new IllegalArgumentException("spawn: arguments=0, expected the name of the program at least");
        }
        this.program = withoutNul("program", program);
        this.arguments = List.copyOf(arguments);
        this.arguments.forEach(argument -> withoutNul("argument", argument));
    }

    /// Descriptor `from` of this process becomes `to` in the child. Actions are done in order, so a `from` must
    /// not be the `to` of an earlier one.
    public SpawnRequest duplicate(int from, int to) {
        assert actions.stream()
                        .noneMatch(a -> a instanceof Action.Duplicate(int _, int taken) && taken == from && from != to)
                : "spawn: descriptor " + from + " is overwritten before it is duplicated";
        actions.add(new Action.Duplicate(from, to));
        return this;
    }

    /// The child opens a file as its descriptor `to`.
    public SpawnRequest open(int to, byte[] path, int flags) {
        actions.add(new Action.Open(to, withoutNul("path", path), flags));
        return this;
    }

    /// The whole environment, each entry `NAME=value`; without this call the child gets this process's.
    public SpawnRequest environment(List<byte[]> entries) {
        entries.forEach(entry -> withoutNul("environment", entry));
        environment = List.copyOf(entries);
        return this;
    }

    /// The directory that the child starts in; relative paths of the program and of opened files count from
    /// there.
    ///
    /// @throws IllegalStateException later, from the spawn, where [LinuxSupport#spawnDirectoryRefused] says so
    public SpawnRequest directory(byte[] path) {
        directory = withoutNul("directory", path);
        return this;
    }

    /// The process group that the child joins; 0: its own, which a signal to `-pid` then reaches with all
    /// descendants in it.
    public SpawnRequest processGroup(int group) {
        processGroup = group;
        return this;
    }

    /// Starts a session, and in it a process group: without a terminal, and out of reach of what it signals.
    public SpawnRequest newSession() {
        newSession = true;
        return this;
    }

    /// After all actions close every descriptor from this number on, where the C library can do that.
    public SpawnRequest closeFrom(int least) {
        closeFrom = least;
        return this;
    }

    /// Signals that the child starts with blocked, as bits of [Signals#bit]; none by default.
    public SpawnRequest blockedSignals(long set) {
        blockedSignals = set;
        return this;
    }

    /// Signals that the child does not ignore even if this process does.
    public SpawnRequest defaultSignals(long set) {
        defaultSignals = set;
        return this;
    }

    private static byte[] withoutNul(String what, byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                throw new IllegalArgumentException("spawn: " + what + " has NUL at " + i + ", expected none");
            }
        }
        return bytes;
    }
}
