package dev.sluice.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.cancel.DeadlineExceededException;
import dev.sluice.internal.linux.DescriptorLeaks;
import dev.sluice.internal.testkit.Patience;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.io.StreamException;
import dev.sluice.loop.Backend;
import dev.sluice.task.Action;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// How child processes end with their scope, on every back end.
@ExtendWith({Guarded.class, DescriptorLeaks.class})
abstract class ProcessEndContract {
    /// Never ends by itself; a grandchild of it does not either.
    static final String FOREVER = "sleep 100000";

    abstract Backend backend();

    /// Whether processes are the kernel's; the JDK's tell less.
    abstract boolean kernel();

    void run(Action<?> body) throws Exception {
        TestLoops.run(TestLoops.config().withBackend(backend()), body);
    }

    static Command shell(String script) {
        return Command.of("/bin/sh", "-c", script);
    }

    static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    @AfterEach
    void leavesNoChild() {
        Patience.until(
                "no child is left, not even a zombie: " + Procs.children(),
                () -> Procs.children().isEmpty());
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
                    // The child that is ended may end the phase first; the cancellation holds all the same.
                    CancelScope.checkpoint();
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
}
