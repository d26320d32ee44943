package dev.sluice.process;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.cancel.DeadlineExceededException;
import dev.sluice.io.LimitExceededException;
import dev.sluice.io.StreamException;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What child processes do on every back end.
abstract class ProcessContract extends ProgramContract {
    // ---- streams

    @Test
    void largeDataFlowsBothWaysAtOnce() throws Exception {
        byte[] bytes = new byte[8 << 20];
        new Random(1).nextBytes(bytes);
        run(() -> {
            try (Child child = Command.of("cat").stdin(Input.piped()).start();
                    var group = TaskGroup.open()) {
                group.start("write", () -> {
                    child.stdin().write(bytes);
                    child.stdin().close();
                });
                assertThat(child.stdout().readAllBytes(bytes.length)).isEqualTo(bytes);
                group.join();
                assertThat(child.exit()).isEqualTo(new Exit.Exited(0));
            }
        });
    }

    @Test
    void bothOutputsAreDrainedAtOnce() throws Exception {
        String script = "head -c 1000000 /dev/zero >&2; head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2";
        run(() -> {
            ProcessResult result = shell(script).run();
            assertThat(result.stdout()).hasSize(1_000_000);
            assertThat(result.stderr()).hasSize(2_000_000);
        });
    }

    @Test
    void writingToAProgramThatHasStoppedReadingIsABrokenPipe() throws Exception {
        run(() -> {
            try (Child child = shell("exec <&-; echo closed; " + FOREVER)
                    .stdin(Input.piped())
                    .grace(ofSeconds(0))
                    .start()) {
                assertThat(child.stdout().read(new byte[100], 0, 100)).isPositive();
                assertThatThrownBy(() -> {
                            while (true) {
                                child.stdin().write(new byte[1000]);
                            }
                        })
                        .isInstanceOfSatisfying(
                                StreamException.class,
                                failure -> assertThat(failure.isBrokenPipe()).isTrue())
                        .hasMessageStartingWith("write stdin of /bin/sh -c ")
                        .hasMessageEndingWith(": EPIPE (Broken pipe)");
            }
        });
    }

    @Test
    void outputsHaveALimit() throws Exception {
        run(() -> {
            for (String where : new String[] {"", " >&2"}) {
                assertThatThrownBy(() -> shell("yes" + where).outputLimit(1000).run())
                        .isInstanceOfSatisfying(
                                LimitExceededException.class,
                                failure -> assertThat(failure.limit()).isEqualTo(1000))
                        .hasMessageContaining(where.isEmpty() ? "stdout of" : "stderr of")
                        .satisfies(failure -> assertThat(failure.getSuppressed())
                                .singleElement()
                                .isInstanceOfSatisfying(
                                        ProcessFailedException.class,
                                        partial -> assertThat(partial.result().stdout().length
                                                        + partial.result().stderr().length)
                                                .isEqualTo(1000)));
            }
            assertThat(shell("printf 1234").output(4)).hasSize(4);
            assertThatThrownBy(() -> shell("printf 12345").output(4)).isInstanceOf(LimitExceededException.class);
        });
    }

    // ---- cancellation and the end

    @Test
    void deadlineEndsTheWholeGroupAndKeepsWhatWasWritten() throws Exception {
        run(() -> {
            var pid = new long[1];
            assertThatThrownBy(() -> Deadline.after(ofMillis(500))
                            .run(() -> shell(FOREVER + " & echo $!; wait").run()))
                    .isInstanceOf(DeadlineExceededException.class)
                    .satisfies(failure -> assertThat(failure.getCause().getSuppressed())
                            .singleElement()
                            .isInstanceOfSatisfying(ProcessFailedException.class, partial -> {
                                assertThat(partial.result().exit().shellCode()).isEqualTo(128 + 15);
                                pid[0] = Long.parseLong(
                                        partial.result().stdoutText().strip());
                            }));
            assertThat(Procs.runs(pid[0])).as("the grandchild").isFalse();
        });
    }

    @Test
    void cancellationEndsEachPhase() throws Exception {
        run(() -> {
            assertCancelled(child -> child.exit());
            assertCancelled(child -> child.stdout().read(new byte[1], 0, 1));
            assertCancelled(child -> child.stdin().write(new byte[1 << 20]));
            assertCancelled(child -> Sluice.sleep(ofMinutes(10)));
        });
    }

    private interface Phase {
        void run(Child child) throws IOException;
    }

    private void assertCancelled(Phase phase) throws Exception {
        var reached = new Child[1];
        try (var group = TaskGroup.open()) {
            var task = group.start("phase", () -> {
                try (Child child =
                        Command.of("sleep", "100000").stdin(Input.piped()).start()) {
                    reached[0] = child;
                    phase.run(child);
                    throw new AssertionError("the phase ended");
                }
            });
            while (reached[0] == null) {
                Sluice.sleep(ofMillis(1));
            }
            task.cancel("test");
            assertThatThrownBy(task::get).isInstanceOf(CancelledException.class);
            assertThat(Procs.runs(reached[0].pid())).isFalse();
            group.join();
        }
    }

    @Test
    void cancelledStartLeavesNothing() throws Exception {
        run(() -> {
            CancelScope.run(scope -> {
                scope.cancel("before");
                assertThatThrownBy(() -> Command.of("sleep", "100000").start()).isInstanceOf(CancelledException.class);
            });
            for (int i = 0; i < 20; i++) {
                try (var group = TaskGroup.open()) {
                    var task = group.start("start", () -> {
                        Command.of("sleep", "100000").start();
                        Sluice.sleep(ofMinutes(10));
                    });
                    for (int j = 0; j < i; j++) {
                        Sluice.yield();
                    }
                    task.cancel("test");
                    assertThatThrownBy(task::get).isInstanceOf(CancelledException.class);
                    group.join();
                }
                assertThat(Procs.children()).isEmpty();
            }
        });
    }

    @Test
    void aScopeEndsWhatWasStartedInItAndNotClosed() throws Exception {
        run(() -> {
            try (var group = TaskGroup.open()) {
                var task = group.start(
                        "forgetful", () -> Command.of("sleep", "100000").start().pid());
                assertThat(Procs.runs(task.get())).isFalse();
                group.join();
            }
            var child = new Child[1];
            CancelScope.run(scope -> child[0] = Command.of("sleep", "100000").start());
            assertThat(Procs.runs(child[0].pid())).isFalse();
            assertThatThrownBy(() -> child[0].stdout().read(new byte[1], 0, 1))
                    .isInstanceOf(StreamException.class)
                    .hasMessageEndingWith("the stream is closed");
        });
    }

    @Test
    void aFailingTaskLeavesNothing() throws Exception {
        run(() -> {
            try (var group = TaskGroup.open()) {
                var sibling = group.start(
                        "sibling", () -> Command.of("sleep", "100000").run());
                group.start("failing", () -> {
                    Command.of("sleep", "100000").start();
                    throw new IOException("on purpose");
                });
                assertThatThrownBy(group::join).hasRootCauseMessage("on purpose");
                assertThat(sibling.isDone()).isTrue();
                assertThat(Procs.children()).isEmpty();
            }
        });
    }

    @Test
    void whoIgnoresTermIsKilledAfterTheGrace() throws Exception {
        run(() -> {
            try (Child child = shell("trap '' TERM; echo ready; while :; do sleep 1000; done")
                    .start()) {
                assertThat(child.stdout().read(new byte[100], 0, 100)).isPositive();
                assertThat(child.terminate(ofMillis(50)).shellCode()).isEqualTo(128 + 9);
            }
        });
    }

    @Test
    void whatAnEndingProgramStartsIsEndedToo() throws Exception {
        String script = "trap 'sleep 1001 & echo $!; exit 7' TERM; echo ready; while :; do sleep 0.01; done";
        run(() -> {
            try (Child child = shell(script).start()) {
                assertThat(child.stdout().read(new byte[100], 0, 6)).isPositive();
                assertThat(child.terminate(ofMillis(200))).isEqualTo(new Exit.Exited(7));
                long orphan =
                        Long.parseLong(text(child.stdout().readAllBytes(100)).strip());
                assertThat(Procs.runs(orphan)).isFalse();
            }
        });
    }

    @Test
    void whoObeysTermHasTheGraceForIt() throws Exception {
        String script = "trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.01; done";
        run(() -> {
            try (Child child = shell(script).start()) {
                assertThat(child.stdout().read(new byte[100], 0, 6)).isPositive();
                assertThat(child.terminate(ofMinutes(10))).isEqualTo(new Exit.Exited(7));
                assertThat(text(child.stdout().readAllBytes(100))).endsWith("bye\n");
            }
        });
    }

    @Test
    void endingTwiceIsNoError() throws Exception {
        run(() -> {
            Child child = Command.of("sleep", "100000").start();
            assertThat(child.terminate(ofSeconds(5)).shellCode()).isEqualTo(128 + 15);
            assertThat(child.terminate(ofSeconds(5)).shellCode()).isEqualTo(128 + 15);
            child.close();
            child.close();
            assertThat(child.signal(15)).isFalse();
        });
    }

    @Test
    void signalsReachTheProgram() throws Exception {
        run(() -> {
            try (Child child = Command.of("sleep", "100000").start()) {
                assertThat(child.signal(9)).isTrue();
                assertThat(child.exit().shellCode()).isEqualTo(128 + 9);
            }
        });
    }

    @Test
    void manyRunAtOnce() throws Exception {
        run(() -> {
            try (var group = TaskGroup.open()) {
                for (int i = 0; i < 60; i++) {
                    String number = Integer.toString(i);
                    group.start("run", () -> {
                        ProcessResult result = shell("echo " + number + "; cat >&2")
                                .stdin(Input.of(number))
                                .run();
                        assertThat(result.stdoutText()).isEqualTo(number + "\n");
                        assertThat(result.stderrText()).isEqualTo(number);
                    });
                }
                group.join();
            }
        });
    }

    @Test
    void aGraceMayBeForEver() throws Exception {
        run(() -> {
            try (Child child = Command.of("sleep", "100000")
                    .grace(ofSeconds(Long.MAX_VALUE))
                    .start()) {
                assertThat(child.hasEnded()).isFalse();
            }
        });
    }
}
