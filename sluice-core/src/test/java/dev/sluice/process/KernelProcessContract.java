package dev.sluice.process;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.DescriptorLeaks;
import dev.sluice.internal.linux.Signals;
import dev.sluice.internal.linux.Unistd;
import dev.sluice.internal.testkit.Patience;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.loop.Loops;
import dev.sluice.task.TaskGroup;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What more child processes do where they are the kernel's.
abstract class KernelProcessContract extends ProcessContract {
    private final CallState calls = new CallState();

    @Override
    boolean kernel() {
        return true;
    }

    @Test
    void passesAnyBytesAsArguments() throws Exception {
        byte[] everything = new byte[255];
        for (int i = 0; i < everything.length; i++) {
            everything[i] = (byte) (i + 1);
        }
        byte[] broken = {(byte) 0xC3, '"', (byte) 0xFF, '$'};
        List<byte[]> words = List.of(
                Command.bytes("printf"), Command.bytes("%s\\000"), everything, broken, Command.bytes("Größe 🌊"));
        var expected = new ByteArrayOutputStream();
        for (byte[] word : words.subList(2, 5)) {
            expected.writeBytes(word);
            expected.write(0);
        }
        run(() -> assertThat(Command.ofBytes(words).output(1000)).isEqualTo(expected.toByteArray()));
    }

    @Test
    void namesTheErrorOfAStart(@TempDir Path directory) throws Exception {
        Path script = Files.writeString(directory.resolve("script"), "no interpreter");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        run(() -> {
            assertStartFails(Command.of("no-such-program"), "ENOENT");
            assertStartFails(Command.of(directory.toString()), "EACCES");
            assertStartFails(Command.of(script.toString()), "ENOEXEC");
            assertStartFails(Command.of("true", "x".repeat(1 << 20)), "E2BIG");
            assertStartFails(Command.of("true").directory(script), "ENOTDIR");
            assertStartFails(Command.of("true").stdout(Output.file(directory)), "EISDIR");
        });
    }

    private static void assertStartFails(Command command, String error) {
        assertThatThrownBy(command::start)
                .isInstanceOfSatisfying(
                        ProcessStartException.class,
                        failure -> assertThat(failure.error()).hasValue(error))
                .hasMessageContaining(error);
    }

    @Test
    void marksItsChildrenAndNotTheGuardian() throws Exception {
        run(() -> {
            String mark = Guardian.VARIABLE + "=" + Guardian.mark();
            try (Child child = Command.of("sleep", "100000").start()) {
                Procs.awaitVariable(mark, child.pid());
            }
        });
    }

    @Test
    void givesAGroupOfItsOwnNoSignalsAndNoDescriptors() throws Exception {
        long leaky = Unistd.pipe2(calls, 0); // not closed on exec
        try {
            run(() -> {
                try (Child child = Command.of("sleep", "100000").start()) {
                    Procs.Stat stat = Procs.all().stream()
                            .filter(one -> one.pid() == child.pid())
                            .findFirst()
                            .orElseThrow();
                    assertThat(stat.group()).isEqualTo(child.pid());
                    assertThat(Procs.status(child.pid(), "SigBlk")).isEqualTo("0000000000000000");
                    assertThat(Procs.status(child.pid(), "SigIgn")).isEqualTo("%016x".formatted(Procs.ignoredHere()));
                    try (var open = Files.list(Path.of("/proc/" + child.pid() + "/fd"))) {
                        assertThat(open.map(fd -> fd.getFileName().toString()))
                                .containsExactlyInAnyOrder("0", "1", "2");
                    }
                }
            });
        } finally {
            Unistd.close(calls, Unistd.readEnd(leaky));
            Unistd.close(calls, Unistd.writeEnd(leaky));
        }
    }

    @Test
    void everySignalReachesTheWholeGroup() throws Exception {
        run(() -> {
            try (Child child = shell(
                            "trap 'echo usr1' USR1; (trap 'echo usr1' USR1; echo ready; while :; do sleep 0.01;"
                                    + " done) & echo ready; while :; do sleep 0.01; done")
                    .start()) {
                var seen = new StringBuilder();
                readUntil(child, seen, "ready\nready\n");
                assertThat(child.signal(Signals.SIGUSR1)).isTrue();
                readUntil(child, seen, "ready\nready\nusr1\nusr1\n");
            }
        });
    }

    private static void readUntil(Child child, StringBuilder seen, String expected) throws Exception {
        byte[] buffer = new byte[100];
        while (!seen.toString().equals(expected)) {
            int n = child.stdout().read(buffer, 0, buffer.length);
            assertThat(n).as("read after %s", seen).isPositive();
            seen.append(new String(buffer, 0, n, UTF_8));
        }
    }

    @Test
    void aStoppedProgramHearsTerm() throws Exception {
        run(() -> {
            try (Child child = Command.of("sleep", "100000").start()) {
                assertThat(child.signal(Signals.SIGSTOP)).isTrue();
                Patience.until(
                        "it is stopped",
                        () -> Procs.status(child.pid(), "State").startsWith("T"));
                assertThat(child.terminate(ofMinutes(10))).isEqualTo(new Exit.Signalled(Signals.SIGTERM, false));
            }
        });
    }

    @Test
    void whatAProgramLeavesInItsGroupEndsWithItsScope() throws Exception {
        run(() -> {
            long left;
            try (Child child = shell("sleep 100000 > /dev/null 2>&1 & echo $!").start()) {
                left = Long.parseLong(text(child.stdout().readAllBytes(100)).strip());
                assertThat(child.exit()).isEqualTo(new Exit.Exited(0));
                assertThat(Procs.runs(left)).isTrue();
            }
            assertThat(Procs.runs(left)).isFalse();
        });
    }

    @Test
    void whatIsLeftHasTheGraceToo() throws Exception {
        String script =
                "trap 'exit 3' TERM; (trap 'echo cleaned; exit' TERM; echo ready; while :; do sleep 0.01; done) & wait";
        run(() -> {
            try (Child child = shell(script).start()) {
                assertThat(child.stdout().read(new byte[100], 0, 100)).isPositive();
                assertThat(child.terminate(ofMinutes(10))).isEqualTo(new Exit.Exited(3));
                assertThat(text(child.stdout().readAllBytes(100))).isEqualTo("cleaned\n");
            }
        });
    }

    @Test
    void whatIsLeftIsKilledAfterTheGrace() throws Exception {
        String script = "(trap '' TERM; echo $(exec sh -c 'echo $PPID'); while :; do sleep 1000; done) & wait";
        run(() -> {
            try (Child child = shell(script).start()) {
                byte[] buffer = new byte[100];
                int n = child.stdout().read(buffer, 0, 100);
                long stubborn = Long.parseLong(new String(buffer, 0, n, UTF_8).strip());
                assertThat(child.terminate(ofMillis(50))).isEqualTo(new Exit.Signalled(Signals.SIGTERM, false));
                assertThat(Procs.runs(stubborn)).isFalse();
            }
        });
    }

    @Test
    void aCancellationReachesTheChildOfATaskThatComputes() throws Exception {
        run(() -> {
            try (var group = TaskGroup.open()) {
                var task = group.start("computing", () -> {
                    Child child = Command.of("sleep", "100000").start();
                    // Blocked in the JDK, deaf to interrupts: only the scope's own hand reaches the child.
                    Sluice.offload(() -> Patience.until("the child has ended", () -> !Procs.runs(child.pid())));
                });
                while (Procs.children().isEmpty()) {
                    Sluice.sleep(ofMillis(1));
                }
                task.cancel("test");
                assertThat(task.outcome()).isNotNull();
                assertThat(Procs.children()).isEmpty();
                group.join();
            }
        });
    }

    /// The program has ended, one of its group ignores TERM, and the loop that looks whether it is there ends.
    @Test
    void whoIsLeftOfAGroupEndsWithItsLoop() throws Exception {
        var left = new CompletableFuture<Long>();
        var ended = new CountDownLatch(1);
        Loops loops = Loops.open(TestLoops.config().withBackend(backend()));
        loops.loop(0).execute(() -> {
            Command shell = shell("trap '' TERM; (while :; do sleep 0.2; done) >/dev/null 2>&1 & echo $!");
            try (Child child = shell.grace(ofSeconds(60)).start()) {
                var line = new byte[20];
                int length = child.stdout().read(line, 0, line.length);
                left.complete(Long.parseLong(new String(line, 0, length, US_ASCII).strip()));
                child.exit();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
            ended.countDown();
        });
        long pid = left.get();
        assertThat(loops.close(ofMillis(50)).holdouts()).isNotEmpty();
        assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
        Patience.until(
                "process " + pid + " has ended",
                () -> Procs.all().stream().noneMatch(stat -> stat.pid() == pid && !stat.zombie()));
    }

    @Test
    void aDetachedProgramLivesOn() throws Exception {
        run(() -> {
            long pid;
            try (Child child = Command.of("sleep", "100000").detached().start()) {
                pid = child.pid();
            }
            Procs.Stat stat = Procs.all().stream()
                    .filter(one -> one.pid() == pid)
                    .findFirst()
                    .orElseThrow();
            assertThat(stat.session()).isEqualTo(pid);
            assertThat(stat.zombie()).isFalse();
            assertThat(Procs.withVariable(Guardian.VARIABLE + "=" + Guardian.mark()))
                    .isEmpty();
            assertThat(Signals.kill(calls, (int) pid, Signals.SIGKILL)).isZero();
            while (!Procs.children().isEmpty()) {
                Sluice.sleep(ofMillis(1)); // its loop reaps it
            }
        });
    }

    @Test
    void thousandsNeedNoThreads() throws Exception {
        int many = 2000;
        run(() -> {
            int threads = Thread.getAllStackTraces().size();
            var started = new CopyOnWriteArrayList<Child>(); // without the launch flag many add at once
            try (var group = TaskGroup.open()) {
                for (int i = 0; i < many; i++) {
                    group.start("sleep", () -> {
                        try (Child child = Command.of("sleep", "100000")
                                .stdout(Output.discarded())
                                .stderr(Output.discarded())
                                .grace(ofSeconds(30))
                                .start()) {
                            started.add(child);
                            assertThat(child.exit()).isEqualTo(new Exit.Signalled(Signals.SIGTERM, false));
                        }
                    });
                }
                while (started.size() < many) {
                    Sluice.sleep(ofMillis(5));
                }
                assertThat(Thread.getAllStackTraces()).hasSizeLessThan(threads + 20);
                assertThat(Procs.children()).hasSize(many);
                started.forEach(
                        child -> assertThat(child.signal(Signals.SIGTERM)).isTrue());
                group.join();
            }
            assertThat(Procs.children()).isEmpty();
        });
    }

    @Test
    void descriptorsAreCountedBackDown() throws Exception {
        run(() -> {
            shell("cat").stdin(Input.of("x")).run();
            int before = DescriptorLeaks.open().size();
            for (int i = 0; i < 50; i++) {
                shell("cat; exit 1").stdin(Input.of("x")).run();
                assertThatThrownBy(() -> Command.of("no-such-program").run()).isNotNull();
            }
            assertThat(DescriptorLeaks.open()).hasSize(before);
        });
    }
}
