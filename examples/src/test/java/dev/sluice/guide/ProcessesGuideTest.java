package dev.sluice.guide;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.DeadlineExceededException;
import dev.sluice.io.FileStreams;
import dev.sluice.layer.Messages;
import dev.sluice.layer.Stack;
import dev.sluice.net.Connection;
import dev.sluice.process.Child;
import dev.sluice.process.Command;
import dev.sluice.process.Exit;
import dev.sluice.process.Input;
import dev.sluice.process.Output;
import dev.sluice.process.ProcessFailedException;
import dev.sluice.process.ProcessResult;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProcessesGuideTest {
    @Test
    void output() throws IOException {
        Sluice.run(() -> {
            // tag::output
            byte[] sorted =
                    Command.of("sort", "-u").stdin(Input.of("b\na\nb\n")).output(1 << 20); // a megabyte at most
            // end::output
            assertThat(new String(sorted, UTF_8)).isEqualTo("a\nb\n");
        });
    }

    @Test
    void result() throws IOException {
        Sluice.run(() -> {
            // tag::result
            ProcessResult result = Command.of("sh", "-c", "echo some; echo 'it broke' >&2; exit 3")
                    .run();
            switch (result.exit()) {
                case Exit.Exited(int code) -> IO.println("code " + code + ", said: " + result.stderrText());
                case Exit.Signalled signalled -> IO.println("ended by " + signalled.signalName());
            }
            // end::result
            assertThat(result.exit()).isEqualTo(new Exit.Exited(3));
            assertThat(result.stdoutText()).isEqualTo("some\n");
            assertThatThrownBy(() -> Command.of("sh", "-c", "exit 3").output(10))
                    .isInstanceOf(ProcessFailedException.class);
        });
    }

    // tag::talk
    static int add(int a, int b) throws IOException {
        try (Child calculator = Command.of("sh", "-c", "while read a b; do echo $((a + b)); done")
                .stdin(Input.piped())
                .start()) {
            calculator.stdin().write((a + " " + b + "\n").getBytes(UTF_8));
            var answers =
                    new BufferedReader(new InputStreamReader(calculator.stdout().asInputStream(), UTF_8));
            return Integer.parseInt(answers.readLine()); // suspends this coroutine, and no thread
        } // ends the program, if it has not ended by itself
    }
    // end::talk

    @Test
    void layers() throws IOException {
        Sluice.run(() -> {
            // tag::layers
            try (Child tail = Command.of("tail", "-n", "1").stdin(Input.piped()).start()) {
                Connection pipes = Connection.over(tail.stdout(), tail.stdin(), "here", "tail");
                Messages<String> lines = Stack.over(pipes).lines();
                lines.send("one");
                lines.send("two");
                lines.closeOutput(); // the end of its input
                IO.println(lines.receive().orElse("nothing")); // two
            }
            // end::layers
            try (Child cat = Command.of("cat").stdin(Input.piped()).start();
                    Connection pipes = Connection.over(cat.stdout(), cat.stdin(), "here", "cat")) {
                pipes.write(new byte[] {1, 2});
                pipes.closeOutput();
                assertThat(pipes.readAllBytes(10)).containsExactly(1, 2);
            }
        });
    }

    @Test
    void talk() throws IOException {
        Sluice.run(() -> assertThat(add(40, 2)).isEqualTo(42));
    }

    @Test
    void deadline() throws IOException {
        Sluice.run(() -> assertThatThrownBy(() -> {
                    // tag::deadline
                    Deadline.after(ofMillis(200)).named("export").run(() -> {
                        Command.of("sleep", "3600")
                                .grace(ofSeconds(1))
                                .run(); // TERM to its whole group, KILL 1 s later
                    });
                    // end::deadline
                })
                .isInstanceOf(DeadlineExceededException.class)
                .hasMessageContaining("export"));
    }

    @Test
    void many() {
        Sluice.run(() -> {
            // tag::many
            try (var group = TaskGroup.open()) {
                for (int i = 0; i < 100; i++) {
                    String number = Integer.toString(i);
                    group.start("echo " + i, () -> Command.of("echo", number).output(100));
                }
                group.join(); // if one cannot be started, the others are ended
            }
            // end::many
        });
    }

    @Test
    void file(@TempDir Path directory) throws IOException {
        Path log = directory.resolve("log");
        Path copy = directory.resolve("copy");
        Sluice.run(() -> {
            // tag::file
            Command.of("date").stdout(Output.appended(log)).run(); // the program writes the file itself
            try (var from = FileStreams.read(log);
                    var to = FileStreams.create(copy)) {
                from.transferTo(to); // on a thread of its own: a file never suspends
            }
            // end::file
        });
        assertThat(Files.readAllBytes(copy)).isNotEmpty().isEqualTo(Files.readAllBytes(log));
    }
}
