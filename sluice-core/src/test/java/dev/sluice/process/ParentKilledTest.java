package dev.sluice.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Signals;
import dev.sluice.internal.testkit.Jvm;
import dev.sluice.internal.testkit.Patience;
import dev.sluice.loop.Backend;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// No process is left when the JVM that started it is killed.
@Tag("once") // about processes that outlive every coroutine
class ParentKilledTest {
    /// The guardian ends when it is sure that nobody is left.
    private static void assertNobodyLeft(String mark) {
        Patience.until(
                "the guardian of " + mark + " has ended",
                () -> Procs.withArgument(mark).isEmpty());
        assertThat(Procs.withVariable(mark)).isEmpty();
    }

    private static String mark(Jvm jvm) throws InterruptedException {
        return jvm.awaitLine("mark ").substring("mark ".length());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 40, 200})
    void atAnyMomentOfAStorm(int moment) throws Exception {
        long seed = System.nanoTime();
        System.out.println("storm seed=" + seed + " moment=" + moment);
        try (Jvm jvm = Jvm.start(ParentProgram.class, "storm", "AUTO")) {
            String mark = mark(jvm);
            for (int i = 0; i < moment; i++) {
                jvm.awaitLine("starting");
            }
            for (int spins = new Random(seed).nextInt(2_000_000); spins > 0; spins--) {
                Thread.onSpinWait();
            }
            jvm.signal("KILL");
            assertThat(jvm.awaitExit()).isEqualTo(128 + Signals.SIGKILL);
            assertNobodyLeft(mark);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Backend.class,
            names = {"IO_URING", "EPOLL"})
    void withGrandchildrenThatLeftTheGroup(Backend backend) throws Exception {
        try (Jvm jvm = Jvm.start(ParentProgram.class, "family", backend.name())) {
            String mark = mark(jvm);
            long group = Long.parseLong(jvm.awaitLine("group ").substring("group ".length()));
            jvm.awaitLine("ready");
            Patience.until(
                    "three show the mark and the group",
                    () -> Procs.withVariable(mark).size() == 3
                            && Procs.group(group).size() == 3);
            jvm.signal("KILL");
            assertNobodyLeft(mark);
            assertThat(Procs.group(group)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoseGuardianWasKilledBefore(boolean young) throws Exception {
        try (Jvm jvm = Jvm.start(ParentProgram.class, "family", "AUTO")) {
            String mark = mark(jvm);
            long guardian = Long.parseLong(jvm.awaitLine("guardian ").substring("guardian ".length()));
            jvm.awaitLine("ready");
            Patience.until(
                    "the guardian " + guardian + " shows its arguments",
                    () -> Procs.withArgument(mark).stream().anyMatch(stat -> stat.pid() == guardian));
            assertThat(Procs.withArgument(mark)).hasSize(1);
            Patience.until(
                    "the guardian is a second old",
                    () -> young
                            || ProcessHandle.of(guardian)
                                    .flatMap(handle -> handle.info().startInstant())
                                    .map(start -> start.plusMillis(1500).isBefore(java.time.Instant.now()))
                                    .orElse(false));
            assertThat(Signals.kill(new CallState(), (int) guardian, Signals.SIGKILL))
                    .isZero();
            Patience.until(
                    "there is another guardian",
                    () -> Procs.withArgument(mark).stream().anyMatch(stat -> stat.pid() != guardian && !stat.zombie()));
            jvm.signal("KILL");
            assertNobodyLeft(mark);
        }
    }

    /// Where a thread is in a system call, the exit of a JVM takes 300 ms more.
    @Test
    void whichStopsWatchingTheGuardianWhenItShutsDown() throws Exception {
        try (Jvm jvm = Jvm.start(ParentProgram.class, "exit", "AUTO")) {
            String mark = mark(jvm);
            jvm.awaitLine("guardian ");
            jvm.awaitLine("unwatched");
            assertThat(jvm.awaitExit()).isZero();
            assertNobodyLeft(mark);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void byItself(Backend backend) throws Exception {
        try (Jvm jvm = Jvm.start(ParentProgram.class, "leave", backend.name())) {
            String mark = mark(jvm);
            assertThat(jvm.awaitExit()).isEqualTo(3);
            assertNobodyLeft(mark);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void whichCleansUpItself(String signal) throws Exception {
        try (Jvm jvm = Jvm.start(ParentProgram.class, "family", "AUTO")) {
            String mark = mark(jvm);
            jvm.awaitLine("ready");
            jvm.signal(signal);
            assertThat(jvm.awaitExit()).isEqualTo(signal.equals("TERM") ? 143 : 130);
            assertNobodyLeft(mark);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Backend.class,
            names = {"IO_URING", "EPOLL"})
    void thatRunsOutOfDescriptors(Backend backend) throws Exception {
        try (Jvm jvm = Jvm.start(ParentProgram.class, "starve", backend.name())) {
            assertThat(jvm.awaitLine("children ")).isEqualTo("children []");
            assertThat(jvm.awaitExit()).isZero();
            assertThat(jvm.output())
                    .filteredOn(line -> line.startsWith("left="))
                    .allMatch(line -> line.contains(" EMFILE start true: ") || line.endsWith("exit code 0"))
                    .anyMatch(line -> line.contains("guarded=false EMFILE start true: guardian: socketpair: "))
                    .anyMatch(
                            line -> line.contains("guarded=true EMFILE start true: pipe: EMFILE (Too many open files)"))
                    .anyMatch(line -> line.contains("guarded=true exit code 0"));
        }
    }
}
