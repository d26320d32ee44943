package dev.sluice.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// Starts and awaits real programs in tests, on the calling thread.
public final class Child {
    private static final int BUFFER = 1 << 16;

    private Child() {}

    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    public static List<byte[]> all(String... texts) {
        return Arrays.stream(texts).map(Child::bytes).toList();
    }

    /// A shell that runs a script.
    public static SpawnRequest shell(String script) {
        return new SpawnRequest(bytes("/bin/sh"), all("sh", "-c", script));
    }

    public static int start(SpawnRequest request) {
        int pid = Spawn.spawn(request);
        assertThat(pid).as("spawn: %s", pid < 0 ? Errno.describe(-pid) : "").isPositive();
        return pid;
    }

    /// Starts it with its output in a pipe, reads all of it and waits for the end, which must be code 0.
    public static byte[] output(SpawnRequest request) {
        CallState state = new CallState();
        long pipe = Unistd.pipe2(state, Fcntl.O_CLOEXEC);
        int pid = start(request.duplicate(Unistd.writeEnd(pipe), 1));
        assertThat(Unistd.close(state, Unistd.writeEnd(pipe))).isZero();
        byte[] output = readAll(state, Unistd.readEnd(pipe));
        assertThat(Unistd.close(state, Unistd.readEnd(pipe))).isZero();
        assertThat(await(state, pid)).isEqualTo(new ExitStatus(0, 0, false));
        return output;
    }

    /// What a class with a `main` prints in a JVM of its own, line by line.
    public static List<String> java(Class<?> main, String flag) {
        String program = System.getProperty("java.home") + "/bin/java";
        String classPath = System.getProperty("java.class.path");
        var request = new SpawnRequest(bytes(program), all(program, flag, "-cp", classPath, main.getName()));
        return text(output(request)).lines().toList();
    }

    public static byte[] readAll(CallState state, int fd) {
        var collected = new ByteArrayOutputStream();
        long buffer = Memory.allocate(BUFFER);
        byte[] copy = new byte[BUFFER];
        try {
            for (int n; (n = Unistd.read(state, fd, buffer, BUFFER)) > 0; ) {
                Memory.copy(buffer, copy, 0, n);
                collected.write(copy, 0, n);
            }
        } finally {
            Memory.free(buffer);
        }
        return collected.toByteArray();
    }

    /// Waits for the end of a child.
    public static ExitStatus await(CallState state, int pid) {
        int pidfd = PidFd.open(state, pid);
        assertThat(pidfd).isPositive();
        try {
            int result = Wait.waitid(state, pidfd, Wait.WEXITED);
            assertThat(result).as("waitid").isZero();
            return Objects.requireNonNull(Wait.status(state));
        } finally {
            assertThat(Unistd.close(state, pidfd)).isZero();
        }
    }
}
