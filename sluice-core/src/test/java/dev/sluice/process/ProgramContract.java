package dev.sluice.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.internal.linux.DescriptorLeaks;
import dev.sluice.task.TaskGroup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What programs are given, and how they end, on every back end.
abstract class ProgramContract extends ProcessRig {
    // ---- how programs end

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 42, 127, 128, 255})
    void tellsTheExitCode(int code) throws Exception {
        run(() -> {
            Exit exit = shell("exit " + code).run().exit();
            assertThat(exit).isEqualTo(new Exit.Exited(code)).hasToString("exit code " + code);
            assertThat(exit.shellCode()).isEqualTo(code);
            assertThat(exit.succeeded()).isEqualTo(code == 0);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 HUP", "2 INT", "3 QUIT", "6 ABRT", "9 KILL", "10 USR1", "11 SEGV", "13 PIPE", "15 TERM"})
    void tellsTheSignal(String signal) throws Exception {
        int number = Integer.parseInt(signal.substring(0, signal.indexOf(' ')));
        run(() -> {
            // What a background build ignores, its children would ignore, too.
            String script = "ulimit -c 0; kill -" + number + " $$";
            Exit exit = Command.of("env", "--default-signal", "sh", "-c", script)
                    .run()
                    .exit();
            assertThat(exit.shellCode()).isEqualTo(128 + number);
            assertThat(exit.succeeded()).isFalse();
            if (kernel()) {
                assertThat(exit)
                        .isEqualTo(new Exit.Signalled(number, false))
                        .hasToString("signal SIG" + signal.substring(signal.indexOf(' ') + 1));
            }
        });
    }

    @Test
    void failureNamesTheCommandItsEndAndItsLastWords() throws Exception {
        run(() -> assertThatThrownBy(() ->
                        shell("echo some; echo 'it is broken' >&2; exit 3").output(100))
                .isInstanceOfSatisfying(ProcessFailedException.class, failure -> {
                    assertThat(failure.command()).startsWith("/bin/sh -c 'echo some;");
                    assertThat(failure.result().stdoutText()).isEqualTo("some\n");
                    assertThat(failure.result().exit()).isEqualTo(new Exit.Exited(3));
                })
                .hasMessageEndingWith("exit 3': exit code 3: it is broken"));
    }

    @Test
    void failureShowsOnlyTheTailOfStandardError() throws Exception {
        run(() -> assertThatThrownBy(() -> shell("seq 1000 >&2; exit 1").output(5000))
                .hasMessageEndingWith("\n1000")
                .satisfies(failure -> assertThat(failure.getMessage()).hasSizeLessThan(600)));
    }

    @Test
    void exitCanBeAwaitedByManyAndTwice() throws Exception {
        run(() -> {
            try (Child child = shell("read line; exit 7").stdin(Input.piped()).start();
                    var group = TaskGroup.open()) {
                var first = group.start("first", child::exit);
                var second = group.start("second", child::exit);
                assertThat(child.hasEnded()).isFalse();
                child.stdin().close();
                group.join();
                assertThat(first.get()).isEqualTo(second.get()).isEqualTo(new Exit.Exited(7));
                assertThat(child.exit()).isEqualTo(new Exit.Exited(7));
                assertThat(child.hasEnded()).isTrue();
            }
        });
    }

    // ---- what programs are given

    @Test
    void passesArgumentsWithoutAShell() throws Exception {
        String[] odd = {"", " ", "-n", "--", "a b", "$HOME", "`true`", "*", "'\"\\", "two\nlines", "tab\there"};
        run(() -> {
            Command command = Command.of("printf", "%s\\000");
            for (String argument : odd) {
                command = command.argument(argument);
            }
            String output = text(command.output(1000));
            assertThat(output.split("\0", -1)).startsWith(odd).hasSize(odd.length + 1);
        });
    }

    @Test
    void environmentIsInheritedChangedOrReplaced() throws Exception {
        Command env = Command.of("/usr/bin/env", "-0");
        run(() -> {
            String inherited = text(env.output(1 << 20));
            assertThat(inherited.split("\0")).contains("PATH=" + System.getenv("PATH"));
            String changed = text(env.variable("SLUICE_TEST", "two\nlines=")
                    .variable("PATH", "/bin")
                    .withoutVariable("HOME")
                    .output(1 << 20));
            assertThat(changed.split("\0"))
                    .contains("SLUICE_TEST=two\nlines=", "PATH=/bin")
                    .noneMatch(entry -> entry.startsWith("HOME="));
            String replaced = text(env.environment(Map.of("ONLY", "this")).output(1 << 20));
            assertThat(replaced.split("\0"))
                    .filteredOn(entry -> !entry.startsWith(Guardian.VARIABLE) && !entry.startsWith(Kin.VARIABLE))
                    .containsExactly("ONLY=this");
        });
    }

    @Test
    void runsInADirectory(@TempDir Path directory) throws Exception {
        run(() -> {
            assertThat(text(Command.of("pwd", "-P").directory(directory).output(1000)))
                    .isEqualTo(directory.toRealPath() + "\n");
            assertThatThrownBy(() -> Command.of("pwd")
                            .directory(directory.resolve("none"))
                            .run())
                    .isInstanceOf(ProcessStartException.class)
                    .hasMessageStartingWith("start pwd: ")
                    .hasMessageContaining("none");
        });
    }

    @Test
    void readsNothingUnlessTold() throws Exception {
        run(() -> assertThat(Command.of("cat").run())
                .satisfies(result -> assertThat(result.stdout()).isEmpty())
                .satisfies(result -> assertThat(result.exit().succeeded()).isTrue()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_536, 65_537, 3_000_000})
    void readsWhatItIsGiven(int size) throws Exception {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        run(() -> assertThat(Command.of("cat").stdin(Input.of(bytes)).output(size))
                .isEqualTo(bytes));
    }

    @Test
    void needNotReadItsInput() throws Exception {
        run(() -> assertThat(Command.of("true")
                        .stdin(Input.of(new byte[1 << 20]))
                        .run()
                        .exit())
                .isEqualTo(new Exit.Exited(0)));
    }

    @Test
    void readsAndWritesFiles(@TempDir Path directory) throws Exception {
        Path input = Files.writeString(directory.resolve("input ü"), "b\na\n");
        Path output = directory.resolve("output ü");
        run(() -> {
            ProcessResult result = Command.of("sort")
                    .stdin(Input.file(input))
                    .stdout(Output.file(output))
                    .run();
            assertThat(result.stdout()).isEmpty();
            assertThat(output).hasContent("a\nb\n");
            Command.of("echo", "c").stdout(Output.appended(output)).run();
            assertThat(output).hasContent("a\nb\nc\n");
            shell("echo out; echo err >&2; echo out")
                    .stdout(Output.file(output))
                    .stderr(Output.merged())
                    .run();
            assertThat(output).hasContent("out\nerr\nout\n");
            assertThatThrownBy(() -> Command.of("cat")
                            .stdin(Input.file(directory.resolve("none")))
                            .run())
                    .isInstanceOf(ProcessStartException.class)
                    .hasMessageContaining("none");
        });
    }

    @Test
    void mergesErrorsIntoTheOutputInOrder() throws Exception {
        run(() -> {
            ProcessResult result =
                    shell("echo 1; echo 2 >&2; echo 3").stderr(Output.merged()).run();
            assertThat(result.stdoutText()).isEqualTo("1\n2\n3\n");
            assertThat(result.stderr()).isEmpty();
            assertThat(shell("echo 1; echo 2 >&2")
                            .stdout(Output.discarded())
                            .stderr(Output.merged())
                            .run())
                    .satisfies(none -> assertThat(none.stdout()).isEmpty());
        });
    }

    @Test
    void onlyPipedStreamsAreThere() throws Exception {
        run(() -> {
            try (Child child = Command.of("true")
                    .stdout(Output.discarded())
                    .stderr(Output.discarded())
                    .start()) {
                assertThatThrownBy(child::stdin)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("stdin of true: not piped");
                assertThatThrownBy(child::stdout).isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(child::stderr).isInstanceOf(IllegalStateException.class);
            }
            assertThatThrownBy(() -> Command.of("true").stdout(Output.merged()))
                    .isInstanceOf(IllegalArgumentException.class);
        });
    }

    // ---- what cannot be started

    @Test
    void saysWhatCannotBeStarted(@TempDir Path directory) throws Exception {
        Path plain = Files.createFile(directory.resolve("plain"));
        int before = DescriptorLeaks.open().size();
        run(() -> {
            assertThatThrownBy(() -> Command.of("no-such-program", "x").start())
                    .isInstanceOf(ProcessStartException.class)
                    .hasMessageStartingWith("start no-such-program x: ")
                    .hasMessageContaining("No such file or directory");
            assertThatThrownBy(() -> Command.of(plain.toString()).start())
                    .isInstanceOf(ProcessStartException.class)
                    .hasMessageContaining("Permission denied");
            assertThatThrownBy(() -> Command.of("true", "x".repeat(1 << 20)).start())
                    .isInstanceOf(ProcessStartException.class)
                    .hasMessageContaining("Argument list too long")
                    .satisfies(failure -> assertThat(failure.getMessage()).hasSizeLessThan(500));
        });
        assertThat(DescriptorLeaks.open()).hasSizeLessThanOrEqualTo(before);
    }

    @Test
    void nulIsRefused() {
        assertThatThrownBy(() -> Command.of("echo", "a\0b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("command: argument has NUL at 1, expected none");
        assertThatThrownBy(() -> Command.of("echo").variable("a=b", "c")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Command.of("echo").variable("a", "c\0")).isInstanceOf(IllegalArgumentException.class);
    }
}
