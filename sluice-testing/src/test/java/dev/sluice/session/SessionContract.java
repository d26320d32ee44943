package dev.sluice.session;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.DeadlineExceededException;
import dev.sluice.codec.Codec;
import dev.sluice.layer.LayerException;
import dev.sluice.layer.Stack;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.net.Connection;
import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import dev.sluice.session.CallFailedException.Problem;
import dev.sluice.sync.Event;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import dev.sluice.task.Promise;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// What a session does, over any connection.
abstract class SessionContract {
    record Sum(List<Integer> numbers) {}

    static final Method<Sum, Integer> ADD = Method.of("add", Sum.class, Integer.class);
    static final Method<String, String> ECHO = new Method<>("echo", Codec.utf8(), Codec.utf8());
    static final Method<String, String> WAIT = new Method<>("wait", Codec.utf8(), Codec.utf8());
    static final Method<byte[], byte[]> BYTES = new Method<>("bytes", Codec.raw(), Codec.raw());

    /// The two ends of a connection.
    record Ends(Connection near, Connection far) {}

    /// A new connection.
    abstract Ends open() throws IOException;

    /// What is to be closed behind a test.
    final List<AutoCloseable> below = new ArrayList<>();

    private void run(Action<Exception> body) throws Exception {
        LoopsConfig loops = LoopsConfig.defaults().withStallLimit(ofSeconds(20));
        Sluice.run(
                loops,
                () -> Deadline.after(ofSeconds(60)).named("test").run(() -> {
                    try {
                        body.run();
                    } finally {
                        for (AutoCloseable one : below) {
                            one.close();
                        }
                    }
                }));
    }

    interface Body {
        void run(Session client, Session server, TaskGroup<Object, Void> group) throws Exception;
    }

    static int add(Sum sum) {
        return sum.numbers().stream().mapToInt(Integer::intValue).sum();
    }

    static Service service() {
        return Service.of(ADD, SessionContract::add).with(ECHO, text -> text).with(BYTES, bytes -> bytes);
    }

    void connected(Service service, Body body) throws Exception {
        connected(service, SessionConfig.defaults(), body);
    }

    void connected(Service service, SessionConfig config, Body body) throws Exception {
        run(() -> {
            Ends ends = open();
            try (var group = TaskGroup.open()) {
                var far = group.start(
                        "server", () -> Session.over(Stack.over(ends.far).frames(), service, config));
                try (Session client = Session.over(Stack.over(ends.near).frames(), Service.nothing(), config);
                        Session server = far.get()) {
                    body.run(client, server, group);
                    group.join();
                }
            }
        });
    }

    static void fails(ThrowingCallable body, Problem problem) {
        assertThatThrownBy(body)
                .isInstanceOfSatisfying(
                        CallFailedException.class,
                        failure -> assertThat(failure.problem())
                                .as(failure.getMessage())
                                .isEqualTo(problem));
    }

    static void ends(ThrowingCallable body, SessionException.Problem problem) {
        assertThatThrownBy(body)
                .isInstanceOfSatisfying(
                        SessionException.class,
                        failure -> assertThat(failure.problem())
                                .as(failure.getMessage())
                                .isEqualTo(problem));
    }

    private interface Condition {
        boolean holds();
    }

    private static void until(Condition condition) {
        while (!condition.holds()) {
            Sluice.sleep(ofMillis(1));
        }
    }

    @Test
    void callsAreAnswered() throws Exception {
        connected(service(), (client, server, group) -> {
            assertThat(client.call(ADD, new Sum(List.of(1, 2, 39)))).isEqualTo(42);
            assertThat(client.call(ECHO, "hello")).isEqualTo("hello");
            assertThat(client.call(BYTES, new byte[0])).isEmpty();
            byte[] large = new byte[900_000];
            new SplittableRandom(1).nextBytes(large);
            assertThat(client.call(BYTES, large)).isEqualTo(large);
            assertThat(client.statistics()).isEqualTo(new Session.Statistics(4, 0, 0, 0, 0));
            until(() -> server.statistics().answered() == 4);
            assertThat(client.describe()).contains("7  calls, version 1").contains("length 4 bytes");
        });
    }

    @Test
    void manyCallsAreOnTheirWayAtOnce() throws Exception {
        connected(service(), SessionConfig.defaults().withCalls(10), (client, server, group) -> {
            for (int i = 0; i < 200; i++) {
                int number = i;
                group.start("call", () -> {
                    assertThat(client.call(ADD, new Sum(List.of(number, 1)))).isEqualTo(number + 1);
                    byte[] bytes = new byte[number * 100];
                    new SplittableRandom(number).nextBytes(bytes);
                    assertThat(client.call(BYTES, bytes)).isEqualTo(bytes);
                });
            }
        });
    }

    @Test
    void answersComeInAnyOrder() throws Exception {
        var first = new Event("first");
        Service service = Service.of(WAIT, text -> {
                    first.await();
                    return text;
                })
                .with(ECHO, text -> {
                    first.set();
                    return text;
                });
        connected(service, (client, server, group) -> {
            var waiting = group.start("wait", () -> client.call(WAIT, "one"));
            assertThat(client.call(ECHO, "two")).isEqualTo("two");
            assertThat(waiting.get()).isEqualTo("one");
        });
    }

    @Test
    void bothSidesMayCall() throws Exception {
        run(() -> {
            Ends ends = open();
            try (var group = TaskGroup.open()) {
                var far = group.start("far", () -> Session.over(ends.far, Service.of(ECHO, text -> text + "!")));
                try (Session near = Session.over(ends.near, Service.of(WAIT, text -> text + "?"));
                        Session there = far.get()) {
                    assertThat(near.call(ECHO, "a")).isEqualTo("a!");
                    assertThat(there.call(WAIT, "b")).isEqualTo("b?");
                    fails(() -> there.call(ECHO, "c"), Problem.UNKNOWN_METHOD);
                }
                group.join();
            }
        });
    }

    @Test
    void failuresAreTyped() throws Exception {
        Method<Integer, Integer> wrongRequest = Method.of("add", Integer.class, Integer.class);
        Method<Sum, String> wrongReply = Method.of("add", Sum.class, String.class);
        Service service = Service.of(ADD, SessionContract::add)
                .with(ECHO, text -> {
                    throw new CallFailedException("sold-out", "no " + text + " left");
                })
                .with(BYTES, asked -> new byte[2 << 20]);
        connected(service, (client, server, group) -> {
            assertThatThrownBy(() -> client.call(ECHO, "coffee"))
                    .isInstanceOfSatisfying(CallFailedException.class, failure -> {
                        assertThat(failure.problem()).isEqualTo(Problem.REFUSED);
                        assertThat(failure.code()).isEqualTo("sold-out");
                        assertThat(failure.text()).isEqualTo("no coffee left");
                    })
                    .hasMessageStartingWith("call echo on ")
                    .hasMessageEndingWith(": REFUSED (sold-out: no coffee left)");
            fails(() -> client.call(WAIT, "what?"), Problem.UNKNOWN_METHOD);
            fails(() -> client.call(wrongRequest, 1), Problem.NOT_UNDERSTOOD);
            fails(() -> client.call(wrongReply, new Sum(List.of(1))), Problem.NOT_UNDERSTOOD);
            fails(() -> client.call(BYTES, new byte[1]), Problem.TOO_LARGE);
            assertThatThrownBy(() -> client.call(BYTES, new byte[2 << 20])).isInstanceOf(LayerException.class);
            assertThat(client.call(ADD, new Sum(List.of())))
                    .as("the session goes on")
                    .isZero();
        });
    }

    @Test
    void whatAHandlerThrowsIsReportedHereAndNotTold() throws Exception {
        Queue<Report> reports = new ConcurrentLinkedQueue<>();
        Service service = Service.of(ECHO, text -> {
            throw new IllegalStateException("a secret of " + text);
        });
        var before = Reports.handler(reports::add);
        try {
            connected(service, (client, server, group) -> {
                assertThatThrownBy(() -> client.call(ECHO, "ours"))
                        .isInstanceOfSatisfying(
                                CallFailedException.class,
                                failure -> assertThat(failure.problem()).isEqualTo(Problem.FAILED))
                        .message()
                        .doesNotContain("secret");
                until(() -> reports.toString().contains("a secret of ours")); // another thread tells them
            });
        } finally {
            Reports.handler(before);
        }
    }

    @Test
    void theTimeOfTheCallerTravels() throws Exception {
        var left = new Promise<Boolean>("time left");
        var cut = new Event("handler cut short");
        Service service = Service.of(WAIT, text -> {
                    var remaining = Deadline.remainingHere().orElseThrow();
                    left.complete(remaining.isPositive() && remaining.compareTo(ofMillis(200)) <= 0);
                    try {
                        Sluice.sleep(ofSeconds(60));
                    } finally {
                        cut.set();
                    }
                    return text;
                })
                .with(ECHO, text -> text + Deadline.remainingHere().isPresent());
        connected(service, (client, server, group) -> {
            assertThatThrownBy(
                            () -> Deadline.after(ofMillis(200)).named("short").run(() -> client.call(WAIT, "x")))
                    .isInstanceOf(DeadlineExceededException.class)
                    .hasMessageContaining("short");
            cut.await();
            assertThat(left.await()).isTrue();
            until(() -> client.statistics().asking() == 0);
            assertThat(client.statistics().late()).isEqualTo(1);
        });
    }

    @Test
    void aCancelledCallIsCancelledAtThePeer() throws Exception {
        var began = new Event("handler began");
        var cut = new Event("handler cut short");
        Service service = Service.of(WAIT, text -> {
                    began.set();
                    try {
                        Sluice.sleep(ofSeconds(60));
                    } finally {
                        cut.set();
                    }
                    return text;
                })
                .with(ECHO, text -> text);
        connected(service, (client, server, group) -> {
            Task<?> calling = group.start("call", () -> client.call(WAIT, "x"));
            began.await();
            calling.cancel("enough");
            cut.await();
            calling.outcome();
            until(() -> client.statistics().asking() == 0);
            assertThat(client.statistics().late()).isEqualTo(1);
            assertThat(client.call(ECHO, "on")).isEqualTo("on");
        });
    }

    @Test
    void noMoreCallsThanThePeerAllowsAreOnTheirWay() throws Exception {
        var go = new Event("go");
        Queue<Integer> seen = new ConcurrentLinkedQueue<>();
        var self = new Promise<Session>("server");
        Service service = Service.of(WAIT, text -> {
            seen.add(self.await().statistics().answering());
            go.await();
            return text;
        });
        connected(service, SessionConfig.defaults().withCalls(3), (client, server, group) -> {
            self.complete(server);
            List<Task<String>> calls = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                calls.add(group.start("call", () -> client.call(WAIT, "x")));
            }
            until(() -> seen.size() == 3);
            assertThat(client.statistics().asking()).isEqualTo(3);
            go.set();
            for (Task<String> call : calls) {
                assertThat(call.get()).isEqualTo("x");
            }
            assertThat(seen).hasSize(10).allMatch(answering -> answering <= 3);
        });
    }

    @Test
    void whoGoesAwayAnswersWhatItHasBegun() throws Exception {
        var began = new Event("handler began");
        var go = new Event("go");
        Service service = Service.of(WAIT, text -> {
            began.set();
            go.await();
            return text;
        });
        connected(service, (client, server, group) -> {
            var waiting = group.start("call", () -> client.call(WAIT, "x"));
            began.await();
            server.goAway();
            server.goAway();
            ends(() -> server.call(ECHO, "more"), SessionException.Problem.GOING_AWAY);
            assertThatThrownBy(() -> {
                        while (true) {
                            Deadline.after(ofMillis(5)).tryRun(() -> client.call(WAIT, "late"));
                        }
                    })
                    .isInstanceOfSatisfying(SessionException.class, failure -> {
                        assertThat(failure.problem()).isEqualTo(SessionException.Problem.GOING_AWAY);
                        assertThat(failure.isUntouched()).isTrue();
                    });
            assertThat(waiting.isDone()).isFalse();
            go.set();
            assertThat(waiting.get()).isEqualTo("x");
            assertThat(server.awaitEnd()).isEqualTo(SessionException.Problem.GOING_AWAY);
            client.awaitEnd();
            assertThat(server.statistics().answered()).isEqualTo(1);
        });
    }

    @Test
    void aClosedSessionCancelsItsHandlersAndFailsItsCalls() throws Exception {
        var began = new Event("handler began");
        var cut = new Event("handler cut short");
        Service service = Service.of(WAIT, text -> {
            began.set();
            try {
                Sluice.sleep(ofSeconds(60));
            } finally {
                cut.set();
            }
            return text;
        });
        connected(service, (client, server, group) -> {
            var call = group.start("call", () -> ends(() -> client.call(WAIT, "x"), SessionException.Problem.ENDED));
            began.await();
            client.close();
            client.close();
            call.get();
            cut.await();
            server.awaitEnd();
            ends(() -> client.call(WAIT, "again"), SessionException.Problem.ENDED);
            ends(client::ping, SessionException.Problem.ENDED);
        });
    }

    @Test
    void versionsAndFeaturesAreAgreed() throws Exception {
        run(() -> {
            SessionConfig old = SessionConfig.defaults().withVersions(1, 3).withFeatures("resume", "old");
            SessionConfig young = SessionConfig.defaults().withVersions(2, 5).withFeatures("new", "resume");
            Ends ends = open();
            try (var group = TaskGroup.open()) {
                var far = group.start(
                        "far", () -> Session.over(Stack.over(ends.far).frames(), service(), old));
                try (Session near = Session.over(Stack.over(ends.near).frames(), service(), young);
                        Session there = far.get()) {
                    assertThat(near.version()).isEqualTo(3).isEqualTo(there.version());
                    assertThat(near.features()).isEqualTo(Set.of("resume")).isEqualTo(there.features());
                }
                group.join();
            }
        });
    }

    @Test
    void withoutAVersionInCommonThereIsNoSession() throws Exception {
        run(() -> {
            Ends ends = open();
            try (var group = TaskGroup.open()) {
                SessionConfig old = SessionConfig.defaults().withVersions(1, 2);
                SessionConfig young = SessionConfig.defaults().withVersions(3, 5);
                group.start(
                        "far",
                        () -> ends(
                                () -> Session.over(Stack.over(ends.far).frames(), service(), old),
                                SessionException.Problem.NO_AGREEMENT));
                assertThatThrownBy(() -> Session.over(Stack.over(ends.near).frames(), service(), young))
                        .hasMessageEndingWith("NO_AGREEMENT (the peer speaks versions 1..2, expected one of 3..5)");
                group.join();
            }
        });
    }
}
