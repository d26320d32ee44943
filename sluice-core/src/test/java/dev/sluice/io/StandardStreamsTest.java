package dev.sluice.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Child;
import dev.sluice.internal.linux.ExitStatus;
import dev.sluice.internal.linux.Fcntl;
import dev.sluice.internal.linux.PlainIo;
import dev.sluice.internal.linux.SocketPair;
import dev.sluice.internal.linux.SpawnRequest;
import dev.sluice.internal.linux.Unistd;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.loop.Backend;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Standard streams of every kind, in processes that share them with others.
class StandardStreamsTest {
    private static final int SIZE = 1_500_000;

    private final CallState calls = new CallState();

    @TempDir
    private Path directory;

    private static List<String> copy(Backend backend) {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(
                List.of("-ea", "--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        if (!TestLoops.FALLBACK) {
            words.addAll(List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED"));
        }
        words.add("-Djava.util.logging.config.file=/dev/null"); // no warnings among what the program says
        words.addAll(
                List.of("-cp", System.getProperty("java.class.path"), CopyProgram.class.getName(), backend.name()));
        return words;
    }

    /// `copy` is the program, and `flags` tells of descriptors whether they are non-blocking.
    private static String functions(Backend backend) {
        String words = String.join(
                " ", copy(backend).stream().map(word -> "'" + word + "'").toList());
        return "copy() { " + words + "; }\n" + """
                flags() {
                  for n in "$@"; do
                    while read -r name value; do
                      [ "$name" = flags: ] && echo "$n $((0$value & 04000))"
                    done < /proc/self/fdinfo/$n
                  done >&2
                }
                """;
    }

    /// Runs a shell script with these functions.
    ///
    /// @return its standard error; its standard output is in the file `out`
    private String shell(Backend backend, String script) throws Exception {
        String whole = functions(backend) + script;
        Path err = directory.resolve("err");
        Process shell = new ProcessBuilder("/bin/sh", "-c", whole)
                .directory(directory.toFile())
                .redirectError(err.toFile())
                .redirectOutput(directory.resolve("out").toFile())
                .start();
        shell.getOutputStream().close();
        assertThat(shell.waitFor())
                .as("exit code; %s", Files.readString(err, ISO_8859_1))
                .isZero();
        return Files.readString(err, ISO_8859_1);
    }

    private byte[] input() throws Exception {
        byte[] bytes = new byte[SIZE];
        new Random(1).nextBytes(bytes);
        Files.write(directory.resolve("in"), bytes);
        return bytes;
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void pipesKeepTheirFlags(Backend backend) throws Exception {
        byte[] bytes = input();
        String said = shell(backend, "cat in | { copy; flags 0 1; } | cat > copied");
        assertThat(said).isEqualTo("copied " + SIZE + "\n0 0\n1 0\n");
        assertThat(Files.readAllBytes(directory.resolve("copied")))
                .hasSize(SIZE + "child\n".length())
                .startsWith(bytes);
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void filesShareTheirPosition(Backend backend) throws Exception {
        byte[] bytes = input();
        String said = shell(backend, "{ echo first; { read line; copy; } < in; echo last; } > copied");
        int line = new String(bytes, ISO_8859_1).indexOf('\n') + 1;
        assertThat(said).isEqualTo("copied " + (SIZE - line) + "\n");
        assertThat(Files.readString(directory.resolve("copied"), ISO_8859_1))
                .isEqualTo("first\n" + new String(bytes, line, SIZE - line, ISO_8859_1) + "child\nlast\n");
    }

    @Test
    void filesAreAppendedTo() throws Exception {
        shell(Backend.AUTO, "echo a > in; echo b > copied; copy < in >> copied");
        assertThat(directory.resolve("copied")).hasContent("b\na\nchild\n");
    }

    @Test
    void nothingIsAStreamToo() throws Exception {
        assertThat(shell(Backend.AUTO, "copy < /dev/null > /dev/null")).isEqualTo("copied 0\n");
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aReaderThatHasGoneIsABrokenPipe(Backend backend) throws Exception {
        String said = shell(backend, "copy < /dev/zero | head -c 100000 | wc -c");
        assertThat(said).contains("write stdout: EPIPE (Broken pipe)\n");
        assertThat(directory.resolve("out")).content().isEqualToIgnoringWhitespace("100000");
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void terminalsKeepTheirFlags(Backend backend) throws Exception {
        Files.writeString(directory.resolve("inner"), functions(backend) + "copy; flags 0 1 2; true\n");
        // The terminal shows what is typed; Ctrl-D is the end.
        shell(backend, "printf 'typed\\n\\004' | script -qec 'sh ./inner' /dev/null");
        String screen = Files.readString(directory.resolve("out"), UTF_8).replace("\r", "");
        assertThat(screen).contains("typed\ntyped\n", "child\n", "copied 6\n", "0 0\n1 0\n2 0\n");
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void socketsKeepTheirFlags(Backend backend) throws Exception {
        long pair = SocketPair.open(calls);
        int ours = Unistd.readEnd(pair);
        int theirs = Unistd.writeEnd(pair);
        List<byte[]> words = copy(backend).stream().map(Child::bytes).toList();
        Path err = Files.createFile(directory.resolve("err"));
        int pid = Child.start(new SpawnRequest(words.getFirst(), words)
                .duplicate(theirs, 0)
                .duplicate(theirs, 1)
                .open(2, Child.bytes(err.toString()), Fcntl.O_WRONLY));
        byte[] bytes = new byte[SIZE];
        new Random(2).nextBytes(bytes);
        Thread writer = Thread.ofPlatform().start(() -> {
            var own = new CallState();
            PlainIo.write(own, ours, bytes);
            PlainIo.shutdownWriting(own, ours);
        });
        assertThat(PlainIo.read(calls, ours, SIZE)).isEqualTo(bytes);
        assertThat(PlainIo.read(calls, ours, 6)).isEqualTo(Child.bytes("child\n"));
        writer.join();
        assertThat(Child.await(calls, pid)).as(Files.readString(err)).isEqualTo(new ExitStatus(0, 0, false));
        assertThat(Fcntl.getStatusFlags(calls, theirs) & Fcntl.O_NONBLOCK).isZero();
        assertThat(Unistd.close(calls, theirs)).isZero();
        assertThat(Unistd.close(calls, ours)).isZero();
        assertThat(err).hasContent("copied " + SIZE);
    }
}
