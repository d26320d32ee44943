package dev.sluice.observe;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.sluice.Sluice;
import dev.sluice.channel.Channel;
import dev.sluice.internal.testkit.Leaks;
import dev.sluice.internal.testkit.Patience;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.loop.Loops;
import dev.sluice.loop.ShutdownReport;
import dev.sluice.observe.WaitGraph.Circle;
import dev.sluice.observe.WaitGraph.Wait;
import dev.sluice.sync.Event;
import dev.sluice.sync.Lock;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Who waits for what, looked at from outside while it happens.
@ExtendWith(Leaks.class)
class WaitGraphTest {
    private final Lock left = new Lock("left");
    private final Lock right = new Lock("right");

    /// Two tasks on loops of their own, or on the same, each with what the other wants.
    private void startDeadlock(Loops loops) {
        start(loops, 0, left, right);
        start(loops, loops.size() - 1, right, left);
    }

    private static void start(Loops loops, int loop, Lock first, Lock second) {
        loops.loop(loop)
                .execute(() -> first.run(() -> {
                    Patience.until("the other has its lock", () -> {
                        Sluice.yield();
                        return second.statistics().owner().isPresent();
                    });
                    second.run(() -> {});
                }));
    }

    private static WaitGraph awaitCircle(Loops loops) {
        Patience.until("there is a circle", () -> !loops.waitGraph().circles().isEmpty());
        return loops.waitGraph();
    }

    @Test
    void circleAcrossLoops() {
        Loops loops = TestLoops.open(2);
        startDeadlock(loops);
        WaitGraph graph = awaitCircle(loops);
        assertThat(graph.circles()).singleElement().satisfies(circle -> {
            assertThat(circle.waits()).extracting(Wait::waitsFor).containsExactlyInAnyOrder("lock left", "lock right");
            assertThat(circle.waits()).allSatisfy(wait -> {
                assertThat(wait.heldBy()).containsExactly("execute");
                assertThat(wait.where()).contains("WaitGraphTest.java");
            });
        });
        assertThat(graph.tasks()).isEqualTo(2);
        assertThat(graph.waiting()).isEqualTo(2);
        assertThat(graph.waits()).hasSize(2);
        assertThat(Loops.opened()).contains(loops);
        assertThat(Sluice.waitGraph().circles()).containsAll(graph.circles());

        ShutdownReport report = loops.close(ofMillis(10));

        assertThat(report.drained()).isFalse();
        assertThat(report.circles()).isEqualTo(graph.circles());
        assertThat(Loops.opened()).doesNotContain(loops);
        Patience.until("nobody is left", () -> loops.waitGraph().tasks() == 0);
    }

    @Test
    void loopsThatRestReportTheirDeadlockOnce() throws Exception {
        BlockingQueue<Report> reports = new LinkedBlockingQueue<>();
        Consumer<Report> before = Reports.handler(reports::add);
        try (Loops loops = Loops.open(TestLoops.config(2).withName("resting").withStallLimit(ofMillis(100)))) {
            startDeadlock(loops);
            Report.Deadlock report = nextDeadlock(reports);
            assertThat(report.loops()).isEqualTo("resting");
            assertThat(report.circles()).isEqualTo(loops.waitGraph().circles()).hasSize(1);
            assertThat(report.describe())
                    .startsWith("loops resting: deadlock: 2 wait for each other, until somebody cancels them\n")
                    .contains("execute waits for lock left held by execute   at ");

            Lock third = new Lock("third");
            Lock fourth = new Lock("fourth");
            start(loops, 0, third, fourth);
            start(loops, 1, fourth, third);

            assertThat(nextDeadlock(reports).circles())
                    .singleElement()
                    .satisfies(circle -> assertThat(circle.waits())
                            .extracting(Wait::waitsFor)
                            .containsExactlyInAnyOrder("lock third", "lock fourth"));
            assertThat(loops.close(ofMillis(10)).circles()).hasSize(2);
        } finally {
            Reports.handler(before);
        }
    }

    private static Report.Deadlock nextDeadlock(BlockingQueue<Report> reports) throws InterruptedException {
        while (true) {
            Report report = reports.poll(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(report).as("a report of a deadlock").isNotNull();
            if (report instanceof Report.Deadlock deadlock) {
                return deadlock;
            }
        }
    }

    @Test
    void threadsThatAreNotOursAreInTheCircle() throws Exception {
        try (Loops loops = TestLoops.open(1)) {
            Thread thread = Thread.ofPlatform().name("outside").start(() -> {
                try {
                    left.run(() -> {
                        Patience.until(
                                "the task has its lock",
                                () -> right.statistics().owner().isPresent());
                        right.run(() -> {});
                    });
                } catch (dev.sluice.cancel.CancelledException interrupted) {
                    Thread.interrupted();
                }
            });
            start(loops, 0, right, left);
            Circle circle = awaitCircle(loops).circles().getFirst();
            assertThat(circle.waits())
                    .extracting(Wait::task, Wait::waitsFor)
                    .containsExactly(tuple("execute", "lock left"), tuple("thread outside", "lock right"));
            thread.interrupt();
            Patience.join(thread);
            Patience.until("nobody waits", () -> loops.waitGraph().tasks() == 0);
        }
    }

    @Test
    void offloadedWorkIsInTheCircle() throws Exception {
        Loops loops = TestLoops.open(1);
        loops.loop(0).execute(() -> left.run(() -> Sluice.offload(() -> left.run(() -> {}))));
        assertThat(awaitCircle(loops).circles())
                .singleElement()
                .satisfies(circle -> assertThat(circle.waits())
                        .extracting(Wait::task, Wait::waitsFor, Wait::heldBy)
                        .containsExactly(
                                tuple("execute", "offloaded work", List.of()),
                                tuple("execute (offloaded)", "lock left", List.of("execute"))));
        assertThat(loops.close(ofMillis(10)).circles()).hasSize(1);
        Patience.until("nobody is left", () -> loops.waitGraph().tasks() == 0);
    }

    @Test
    void quietIsWhatOnlyAnotherThreadCanEnd() throws Exception {
        try (Loops loops = TestLoops.open(2)) {
            Channel<Integer> there = Channel.<Integer>rendezvous().named("there");
            Channel<Integer> back = Channel.<Integer>rendezvous().named("back");
            loops.loop(0).execute(() -> back.send(there.receive()));
            loops.loop(1).execute(() -> there.send(back.receive()));
            Patience.until("all wait", () -> loops.waitGraph().quiet());
            WaitGraph graph = loops.waitGraph();
            assertThat(graph.circles()).isEmpty();
            assertThat(graph.toString())
                    .startsWith(
                            "2 tasks, 2 waiting; nothing here goes on by itself, only another thread can change that")
                    .contains(
                            "\n    execute waits for receive from channel there   at dev.sluice.observe.WaitGraphTest")
                    .contains("\n    execute waits for receive from channel back   at ");

            Event wake = new Event("wake");
            loops.loop(0).execute(() -> Deadline.after(ofDays(1)).run(wake::await));
            Patience.until("a timer is armed", () -> loops.waitGraph().waiting() == 3);
            assertThat(loops.waitGraph().quiet()).isFalse();

            there.send(1); // another thread can: us
            assertThat(there.receive()).isEqualTo(1);
            wake.set();
        }
    }

    @Test
    void waitsInTheJdkAreShownAndNotQuiet() throws Exception {
        var never = new Semaphore(0);
        try (Loops loops = TestLoops.open(1)) {
            loops.loop(0).execute(never::acquireUninterruptibly);
            Patience.until("it waits", () -> loops.waitGraph().waiting() == 1);
            WaitGraph graph = loops.waitGraph();
            assertThat(graph.waits())
                    .singleElement()
                    .satisfies(wait -> assertThat(wait.waitsFor()).isEqualTo("park on NonfairSync"));
            assertThat(graph.quiet()).isFalse();
            never.release();
        }
    }

    @Test
    void onlySoManyAreListed() throws Exception {
        try (Loops loops = TestLoops.open(1)) {
            int tasks = WaitGraph.LIMIT + 7;
            Channel<Integer> go = Channel.rendezvous();
            for (int i = 0; i < tasks; i++) {
                loops.loop(0).execute(() -> go.receiveOrEnd());
            }
            Patience.until("all wait", () -> loops.waitGraph().waiting() == tasks);
            WaitGraph graph = loops.waitGraph();
            assertThat(graph.waits()).hasSize(WaitGraph.LIMIT);
            assertThat(graph.toString()).endsWith("\n    … and 7 more");
            go.close();
        }
    }

    /// Everything moves, and nothing that is seen is a circle: locks are taken in one order.
    @Test
    void looksWhileTasksComeAndGoFindNoCircle() throws Exception {
        var over = new AtomicBoolean();
        try (Loops loops = TestLoops.open(2)) {
            List<Lock> locks = List.of(new Lock("0"), new Lock("1"), new Lock("2"));
            for (int i = 0; i < 2; i++) {
                loops.loop(i).execute(() -> {
                    while (!over.get()) {
                        busyGroup(locks);
                    }
                });
            }
            List<Circle> found = new ArrayList<>();
            var looks = new AtomicInteger();
            Patience.until("it has been looked at 300 times while many wait", () -> {
                WaitGraph graph = loops.waitGraph();
                found.addAll(graph.circles());
                return (graph.waiting() > 10 ? looks.incrementAndGet() : looks.get()) >= 300;
            });
            over.set(true);
            assertThat(found).isEmpty();
        }
    }

    private static void busyGroup(List<Lock> locks) {
        try (var group = TaskGroup.open()) {
            for (int i = 0; i < 2000; i++) {
                int first = i % 3;
                group.start(
                        "task",
                        () -> locks.get(first).run(() -> {
                            Sluice.yield();
                            locks.get(2).statistics();
                            if (first < 2) {
                                locks.get(2).run(Sluice::yield);
                            }
                        }));
            }
            Deadline.after(Patience.LIMIT).run(group::join);
        }
    }
}
