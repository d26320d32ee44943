package dev.sluice.observe;

import static dev.sluice.testing.Actors.await;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.Sluice;
import dev.sluice.channel.Broadcast;
import dev.sluice.channel.Broadcast.Lag;
import dev.sluice.channel.Channel;
import dev.sluice.channel.Select;
import dev.sluice.loop.Loops;
import dev.sluice.observe.WaitGraph.Circle;
import dev.sluice.observe.WaitGraph.Wait;
import dev.sluice.sync.Lock;
import dev.sluice.task.Action;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Promise;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.DeadlockException;
import dev.sluice.testing.Simulation;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Which circles over channels are named, and which are not: it depends on who has used them before.
@Tag("needs-opens")
class DeadlockByPastUseTest {
    private final Channel<Integer> there = Channel.<Integer>buffered(1).named("there");
    private final Channel<Integer> back = Channel.<Integer>buffered(1).named("back");

    private static DeadlockException deadlockOf(Action<?> body) {
        return catchThrowableOfType(
                DeadlockException.class, () -> Simulation.seed(5).run(body));
    }

    private static List<String> lines(Circle circle) {
        return circle.waits().stream()
                .map(wait -> new Wait(wait.task(), wait.waitsFor(), wait.heldBy(), "").toString())
                .toList();
    }

    private static void sendTo(Channel<Integer> channel, int count) {
        for (int i = 0; i < count; i++) {
            channel.send(i);
        }
    }

    // ---- circles

    @Test
    void bothBuffersAreFull() {
        DeadlockException failure = deadlockOf(() -> {
            try (var group = TaskGroup.open()) {
                group.start("a", () -> {
                    there.send(1);
                    back.receive();
                    sendTo(there, 3);
                });
                group.start("b", () -> {
                    there.receive();
                    back.send(1);
                    sendTo(back, 3);
                });
                group.join();
            }
        });
        assertThat(failure.circles())
                .singleElement()
                .satisfies(circle -> assertThat(lines(circle))
                        .containsExactly(
                                "main/a waits for send to channel there, from which main/b has received",
                                "main/b waits for send to channel back, from which main/a has received"))
                .satisfies(circle -> assertThat(circle.byPastUse()).isTrue());
        assertThat(failure)
                .hasMessageContaining("deadlock: 2 wait for each other, unless somebody new comes to their channels,"
                        + " until somebody cancels them");
        assertThat(failure.circles().getFirst().waits())
                .allSatisfy(wait -> assertThat(wait.where()).contains("DeadlockByPastUseTest.java"));
    }

    @Test
    void aRequestIsForgotten() {
        DeadlockException failure = deadlockOf(() -> {
            try (var group = TaskGroup.open()) {
                group.start("client", () -> {
                    for (int i = 0; i < 3; i++) {
                        there.send(i);
                        back.receive();
                    }
                });
                group.start("server", () -> {
                    while (true) {
                        int request = there.receive();
                        if (request != 1) {
                            back.send(request);
                        }
                    }
                });
                group.join();
            }
        });
        assertThat(lines(failure.circles().getFirst()))
                .containsExactly(
                        "main/client waits for receive from channel back, to which main/server has sent",
                        "main/server waits for receive from channel there, to which main/client has sent");
    }

    @Test
    void aChannelAndALock() {
        DeadlockException failure = deadlockOf(() -> {
            Lock lock = new Lock("accounts");
            try (var group = TaskGroup.open()) {
                group.start("a", () -> {
                    there.receive();
                    lock.run(there::receive);
                });
                group.start("b", () -> {
                    there.send(1);
                    Sluice.sleep(ofMillis(1));
                    lock.run(() -> there.send(2));
                });
                group.join();
            }
        });
        assertThat(lines(failure.circles().getFirst()))
                .containsExactly(
                        "main/a waits for receive from channel there, to which main/b has sent",
                        "main/b waits for lock accounts held by main/a");
    }

    @Test
    void aSelectAndABroadcast() {
        DeadlockException failure = deadlockOf(() -> {
            Broadcast<Integer> news = Broadcast.<Integer>buffered(1).named("news");
            var subscription = news.subscribe(Lag.WAIT);
            try (var group = TaskGroup.open()) {
                group.start("reader", () -> {
                    subscription.receive();
                    back.send(1);
                    sendTo(back, 2);
                });
                group.start("writer", () -> {
                    news.send(1);
                    back.receive();
                    news.send(2);
                    Select.of(news.onSend(() -> 3, () -> {}), news.onSend(() -> 4, () -> {}))
                            .await();
                });
                group.join();
            }
        });
        assertThat(lines(failure.circles().getFirst()))
                .containsExactly(
                        "main/reader waits for send to channel back, from which main/writer has received",
                        "main/writer waits for select of send to broadcast news, send to broadcast news,"
                                + " from which main/reader has received");
    }

    @Test
    void aLookFromOutsideFindsItWhenAllIsQuiet() throws Exception {
        try (Loops loops = Loops.open()) {
            var scope = new AtomicReference<CancelScope>();
            Thread outside = Thread.ofPlatform()
                    .start(() -> Sluice.callOn(
                            loops.loop(0),
                            "work",
                            () -> CancelScope.run(own -> {
                                scope.set(own);
                                try (var group = TaskGroup.open()) {
                                    group.start("a", () -> {
                                        there.send(1);
                                        back.receive();
                                        sendTo(there, 3);
                                    });
                                    group.start("b", () -> {
                                        there.receive();
                                        back.send(1);
                                        sendTo(back, 3);
                                    });
                                    group.join();
                                }
                            })));
            await(
                    "the circle is named",
                    () -> loops.waitGraph().circles().stream()
                            .anyMatch(circle ->
                                    circle.byPastUse() && circle.waits().size() == 2));
            assertThat(loops.waitGraph().quiet()).isTrue();
            scope.get().cancel("seen");
            outside.join();
        }
    }

    // ---- none

    private void assertNone(Action<?> body) {
        DeadlockException failure = deadlockOf(body);
        assertThat(failure).isNotNull();
        assertThat(failure.circles()).isEmpty();
    }

    /// Starts two that wait for each other over channels they have used.
    private void startCircle(TaskGroup<Object, Void> group) {
        group.start("a", () -> {
            there.send(1);
            back.receive();
            back.receive();
        });
        group.start("b", () -> {
            there.receive();
            back.send(1);
            there.receive();
        });
    }

    @Test
    void thoseTwoAreACircle() {
        assertThat(deadlockOf(() -> {
                            try (var group = TaskGroup.open()) {
                                startCircle(group);
                                group.join();
                            }
                        })
                        .circles())
                .hasSize(1);
    }

    @Test
    void aThirdUserMayComeBack() {
        assertNone(() -> {
            Promise<String> sign = new Promise<>("sign");
            try (var group = TaskGroup.open()) {
                group.start("c", () -> {
                    back.trySend(9);
                    back.receive();
                    sign.await(); // anybody may complete it
                    back.send(1);
                });
                Sluice.sleep(ofMillis(1));
                startCircle(group);
                group.join();
            }
        });
    }

    @Test
    void nobodyKnowsWhoWouldHaveUsedAChannelFirst() {
        assertNone(() -> {
            try (var group = TaskGroup.open()) {
                group.start("a", () -> there.send(back.receive()));
                group.start("b", () -> back.send(there.receive()));
                group.join();
            }
        });
    }

    @Test
    void whoHasEndedDoesNotCount() {
        assertNone(() -> {
            try (var group = TaskGroup.open()) {
                group.start("gone", () -> back.send(1)).get();
                group.start("a", () -> {
                    back.receive();
                    there.send(1);
                    back.receive();
                });
                group.start("b", () -> {
                    there.receive();
                    there.receive();
                });
                group.join();
            }
        });
    }

    @Test
    void ofManyUsersNoneIsNamed() {
        assertNone(() -> {
            try (var group = TaskGroup.open()) {
                for (int i = 0; i < 9; i++) {
                    group.start("sender " + i, () -> {
                        back.send(1);
                        there.receive();
                    });
                }
                group.start("receiver", () -> {
                    for (int i = 0; i < 9; i++) {
                        back.receive();
                    }
                    there.trySend(1);
                    there.trySend(1);
                    back.receive();
                });
                group.join();
            }
        });
    }

    @Test
    void whoWaitsForItsOwnMailDependsOnNobodyKnown() {
        assertNone(() -> {
            there.send(1);
            there.receive();
            there.receive();
        });
    }

    /// While a timer is armed anybody may come.
    @Test
    void aProgramThatGoesOnHasNone() throws Exception {
        Simulation.seed(6).run(() -> {
            try (var group = TaskGroup.open()) {
                startCircle(group);
                Sluice.sleep(ofMillis(1));
                assertThat(Sluice.waitGraph().circles()).isEmpty();
                there.send(1);
                back.send(1);
                group.join();
            }
        });
    }
}
