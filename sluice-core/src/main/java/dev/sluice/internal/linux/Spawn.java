package dev.sluice.internal.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `spawn.h`: starts programs by `posix_spawn`, which neither copies the JVM's page tables nor runs Java code in
/// the child.
///
/// The calling thread stands still until the child has become the program, or could not: about as long as the
/// kernel needs for both. An error of any step in the child comes back as the result.
///
/// The C library's two structures are opaque: each is given more room than any known version takes (336 and 80
/// bytes). Of a signal set of 128 bytes, the first eight hold all signals there are.
public final class Spawn {
    private static final int ATTRIBUTES_BYTES = 512;
    private static final int ACTIONS_BYTES = 256;
    private static final int SIGSET_BYTES = 128;
    private static final int POSIX_SPAWN_SETPGROUP = 2;
    private static final int POSIX_SPAWN_SETSIGDEF = 4;
    private static final int POSIX_SPAWN_SETSIGMASK = 8;
    private static final int POSIX_SPAWN_SETSID = 128;
    private static final int X_OK = 1;

    private static final MethodHandle SPAWN = Native.function("posix_spawn");
    private static final MethodHandle SPAWNP = Native.function("posix_spawnp");
    private static final MethodHandle ATTRIBUTES_INIT = Native.function("posix_spawnattr_init");
    private static final MethodHandle ATTRIBUTES_DESTROY = Native.function("posix_spawnattr_destroy");
    private static final MethodHandle SET_FLAGS = Native.function("posix_spawnattr_setflags");
    private static final MethodHandle SET_GROUP = Native.function("posix_spawnattr_setpgroup");
    private static final MethodHandle SET_MASK = Native.function("posix_spawnattr_setsigmask");
    private static final MethodHandle SET_DEFAULT = Native.function("posix_spawnattr_setsigdefault");
    private static final MethodHandle ACTIONS_INIT = Native.function("posix_spawn_file_actions_init");
    private static final MethodHandle ACTIONS_DESTROY = Native.function("posix_spawn_file_actions_destroy");
    private static final MethodHandle ADD_DUP2 = Native.function("posix_spawn_file_actions_adddup2");
    private static final MethodHandle ADD_OPEN = Native.function("posix_spawn_file_actions_addopen");
    private static final @Nullable MethodHandle ADD_CHDIR =
            Native.functionIfPresent("posix_spawn_file_actions_addchdir_np");
    private static final @Nullable MethodHandle ADD_CLOSEFROM =
            Native.functionIfPresent("posix_spawn_file_actions_addclosefrom_np");

    /// `struct sigaction` of the C library:
    ///
    ///     0         8      136     140   144        152
    ///     | handler | mask | flags | pad | restorer |
    private static final int SIGACTION_BYTES = 152;

    private static final int SA_FLAGS = 136;
    private static final int SA_NOCLDWAIT = 2;
    private static final long SIG_IGN = 1;
    private static final MethodHandle SIGACTION = Native.function("sigaction");

    /// Where the C library keeps the environment: `char **environ`.
    private static final long ENVIRON = Native.address("environ").address();

    private Spawn() {}

    /// `posix_spawn(3)`.
    ///
    /// @return the process id, or the negated `errno` of the step that failed in this process or in the child
    /// @throws IllegalStateException for a directory, when the C library cannot start a child in one
    public static int spawn(SpawnRequest request) {
        try (Arena arena = Arena.ofConfined()) {
            long actions = arena.allocate(ACTIONS_BYTES, 16).address();
            long attributes = arena.allocate(ATTRIBUTES_BYTES, 16).address();
            must(ACTIONS_INIT, actions);
            try {
                must(ATTRIBUTES_INIT, attributes);
                try {
                    int error = fill(actions, request, arena);
                    if (error != 0) {
                        return -error;
                    }
                    setAttributes(attributes, request, arena);
                    return start(actions, attributes, request, arena);
                } finally {
                    must(ATTRIBUTES_DESTROY, attributes);
                }
            } finally {
                must(ACTIONS_DESTROY, actions);
            }
        }
    }

    /// Makes the kernel keep how children end. It forgets that in a process that was started with `SIGCHLD` ignored;
    /// this is undone then, as the JDK undoes it for processes of its own.
    public static void keepExits() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment action = arena.allocate(SIGACTION_BYTES, 8);
            must(SIGACTION, Signals.SIGCHLD, 0, action.address());
            boolean forgets =
                    action.get(JAVA_LONG, 0) == SIG_IGN || (action.get(JAVA_INT, SA_FLAGS) & SA_NOCLDWAIT) != 0;
            if (forgets) {
                action.fill((byte) 0); // the default handler, no flags
                must(SIGACTION, Signals.SIGCHLD, action.address(), 0);
            }
        }
    }

    /// The environment of this process, each entry `NAME=value`, as the bytes that they are.
    public static List<byte[]> environment() {
        var entries = new ArrayList<byte[]>();
        long array = Memory.getLong(ENVIRON);
        for (long at = array; array != 0 && Memory.getLong(at) != 0; at += Long.BYTES) {
            entries.add(Memory.cString(Memory.getLong(at)));
        }
        return entries;
    }

    /// Finds a program the way a shell does: a name with a slash is itself, another is looked for along a path.
    ///
    /// @param searchPath directories with `:` between them; an empty one is the working directory
    /// @throws IOException when there is none, or only some that may not be run
    public static byte[] find(CallState state, byte[] program, byte[] searchPath) throws IOException {
        if (program.length > 0 && indexOf(program, '/', 0) == program.length) {
            int error = Errno.ENOENT;
            for (int start = 0; start <= searchPath.length; ) {
                int end = indexOf(searchPath, ':', start);
                byte[] candidate = join(searchPath, start, end, program);
                int result = executable(state, candidate);
                if (result == 0) {
                    return candidate;
                }
                error = result == -Errno.EACCES ? Errno.EACCES : error;
                start = end + 1;
            }
            throw Errno.exception("find program", text(program) + " in PATH=" + text(searchPath), -error);
        }
        int result = executable(state, program);
        if (result < 0) {
            throw Errno.exception("find program", text(program), result);
        }
        return program;
    }

    private static int executable(CallState state, byte[] path) {
        try (Arena arena = Arena.ofConfined()) {
            long name = Fcntl.cString(arena, path).address();
            int result = (int) Native.call(state, SystemCall.FACCESSAT, Fcntl.AT_FDCWD, name, X_OK, 0, 0, 0);
            if (result < 0) {
                return result;
            }
            int type = Stat.type(state, path);
            if (type < 0) {
                return type;
            }
            return type == Stat.S_IFREG ? 0 : -Errno.EACCES; // a directory has the permission, but cannot run
        }
    }

    private static byte[] join(byte[] path, int start, int end, byte[] name) {
        var joined = new ByteArrayOutputStream(end - start + 1 + name.length);
        if (start == end) {
            joined.write('.');
        }
        joined.write(path, start, end - start);
        joined.write('/');
        joined.writeBytes(name);
        return joined.toByteArray();
    }

    private static int indexOf(byte[] bytes, char wanted, int from) {
        int i = from;
        while (i < bytes.length && bytes[i] != wanted) {
            i++;
        }
        return i;
    }

    /// For messages only; bytes that are no UTF-8 show as replacement characters.
    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /// @return 0, or the `errno` of a descriptor that cannot be
    private static int fill(long actions, SpawnRequest request, Arena arena) {
        int error = 0;
        if (request.directory != null) {
            if (ADD_CHDIR == null) {
                throw new IllegalStateException("spawn: directory: " + LinuxSupport.spawnDirectoryRefused());
            }
            error = add(
                    ADD_CHDIR, actions, Fcntl.cString(arena, request.directory).address(), 0, 0);
        }
        for (SpawnRequest.Action action : request.actions) {
            int result = switch (action) {
                case SpawnRequest.Action.Duplicate(int from, int to) -> add(ADD_DUP2, actions, from, to, 0);
                case SpawnRequest.Action.Open(int to, byte[] path, int flags) ->
                    add(ADD_OPEN, actions, to, Fcntl.cString(arena, path).address(), flags);
            };
            error = error == 0 ? result : error;
        }
        if (error == 0 && request.closeFrom >= 0 && ADD_CLOSEFROM != null) {
            error = add(ADD_CLOSEFROM, actions, request.closeFrom, 0, 0);
        }
        return error;
    }

    private static void setAttributes(long attributes, SpawnRequest request, Arena arena) {
        int flags = POSIX_SPAWN_SETSIGMASK;
        must(SET_MASK, attributes, signalSet(request.blockedSignals, arena));
        if (request.defaultSignals != 0) {
            flags |= POSIX_SPAWN_SETSIGDEF;
            must(SET_DEFAULT, attributes, signalSet(request.defaultSignals, arena));
        }
        if (request.newSession) {
            flags |= POSIX_SPAWN_SETSID;
        }
        if (request.processGroup >= 0) {
            flags |= POSIX_SPAWN_SETPGROUP;
            must(SET_GROUP, attributes, request.processGroup);
        }
        must(SET_FLAGS, attributes, flags);
    }

    private static int start(long actions, long attributes, SpawnRequest request, Arena arena) {
        MemorySegment pid = arena.allocate(JAVA_INT);
        long program = Fcntl.cString(arena, request.program).address();
        long arguments = array(request.arguments, arena);
        long environment = request.environment == null ? Memory.getLong(ENVIRON) : array(request.environment, arena);
        boolean search = indexOf(request.program, '/', 0) == request.program.length;
        int error = Native.invoke(
                search ? SPAWNP : SPAWN, pid.address(), program, actions, attributes, arguments, environment);
        return error == 0 ? pid.get(JAVA_INT, 0) : -error;
    }

    /// `char *[]`: the addresses of the strings, and a null behind them.
    private static long array(List<byte[]> strings, Arena arena) {
        MemorySegment array = arena.allocate(JAVA_LONG, strings.size() + 1L);
        for (int i = 0; i < strings.size(); i++) {
            array.setAtIndex(JAVA_LONG, i, Fcntl.cString(arena, strings.get(i)).address());
        }
        return array.address();
    }

    private static long signalSet(long signals, Arena arena) {
        MemorySegment set = arena.allocate(SIGSET_BYTES, 8);
        set.set(JAVA_LONG, 0, signals);
        return set.address();
    }

    private static int add(MethodHandle function, long actions, long a, long b, long c) {
        return Native.invoke(function, actions, a, b, c, 0, 0);
    }

    private static void must(MethodHandle function, long structure) {
        must(function, structure, 0);
    }

    private static void must(MethodHandle function, long structure, long value) {
        must(function, structure, value, 0);
    }

    /// Calls what can only fail for want of memory.
    private static void must(MethodHandle function, long a, long b, long c) {
        int error = Native.invoke(function, a, b, c, 0, 0, 0);
        if (error != 0) {
            throw new IllegalStateException("prepare posix_spawn: error=" + error + ", expected 0");
        }
    }
}
