package dev.sluice.session;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.DeadlineExceededException;
import dev.sluice.layer.Faults;
import dev.sluice.layer.Stack;
import dev.sluice.net.Memory;
import dev.sluice.session.SessionException.Problem;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import java.time.Duration;
import org.junit.jupiter.api.Tag;

/// Sessions in virtual time, in many orders: deadlines, heartbeats and idleness, to the nanosecond.
@Tag("needs-opens")
class SessionSimulatedTest {
    private static final Service SLOW = SessionContract.service().with(SessionContract.WAIT, text -> {
        Sluice.sleep(ofHours(1));
        return text;
    });

    private interface Body {
        void run(Session client, Session server) throws Exception;
    }

    /// @param seed of what delays and cuts the bytes of the client
    private static void connected(long seed, SessionConfig config, Body body) throws Exception {
        Memory.Pair pair = Memory.pair("test");
        Faults faults = Faults.seeded(seed).withDelay(ofMillis(20)).withPieces(10);
        TaskGroup.run(group -> {
            var far = group.start(
                    "server", () -> Session.over(Stack.over(pair.far()).frames(), SLOW, config));
            try (Session client =
                            Session.over(Stack.over(pair.near()).layer(faults).frames(), Service.nothing(), config);
                    Session server = far.get()) {
                body.run(client, server);
            }
        });
    }

    @Simulated
    void aSlowAnswerComesOverABadLine(Simulation simulation) throws Exception {
        connected(simulation.seed(), SessionConfig.defaults(), (client, server) -> {
            assertThat(client.call(SessionContract.WAIT, "x")).isEqualTo("x");
            assertThat(simulation.elapsed()).isBetween(ofHours(1), ofHours(1).plusMinutes(1));
        });
    }

    @Simulated
    void aDeadlineEndsBothSides(Simulation simulation) throws Exception {
        connected(simulation.seed(), SessionConfig.defaults(), (client, server) -> {
            Duration before = simulation.elapsed();
            assertThatThrownBy(() -> Deadline.after(ofMinutes(10)).run(() -> client.call(SessionContract.WAIT, "x")))
                    .isInstanceOf(DeadlineExceededException.class);
            assertThat(simulation.elapsed().minus(before)).isEqualTo(ofMinutes(10));
            assertThat(client.call(SessionContract.ECHO, "on")).isEqualTo("on");
            Sluice.sleep(ofMinutes(1));
            assertThat(client.statistics().asking()).isZero();
            assertThat(server.statistics().answering()).isZero();
        });
    }

    @Simulated
    void whoIsIdleEnds(Simulation simulation) throws Exception {
        SessionConfig config = SessionConfig.defaults().withIdle(ofMinutes(10));
        connected(simulation.seed(), config, (client, server) -> {
            assertThat(client.call(SessionContract.WAIT, "longer than idle")).hasSize(16);
            Sluice.sleep(ofMinutes(9));
            assertThat(client.call(SessionContract.ECHO, "on")).isEqualTo("on");
            Duration before = simulation.elapsed();
            assertThat(client.awaitEnd()).isEqualTo(Problem.GOING_AWAY);
            assertThat(simulation.elapsed().minus(before)).isBetween(ofMinutes(10), ofMinutes(11));
            server.awaitEnd();
        });
    }

    @Simulated
    void aPeerThatAnswersIsKept(Simulation simulation) throws Exception {
        SessionConfig config =
                SessionConfig.defaults().withKeepAlive(ofMillis(500)).withAnswer(ofMinutes(2));
        connected(simulation.seed(), config, (client, server) -> {
            Sluice.sleep(ofMinutes(5));
            assertThat(client.call(SessionContract.ECHO, "on")).isEqualTo("on");
            assertThat(client.ping()).isLessThan(ofMinutes(1));
        });
    }

    @Simulated
    void aPeerBehindADeadLineIsGivenUp(Simulation simulation) throws Exception {
        Memory.Pair pair = Memory.pair("test");
        Faults dead = Faults.seeded(simulation.seed()).withDropAfter(200);
        SessionConfig config =
                SessionConfig.defaults().withKeepAlive(ofMinutes(1)).withAnswer(ofMinutes(1));
        TaskGroup.run(group -> {
            var far = group.start(
                    "server", () -> Session.over(Stack.over(pair.far()).frames(), SLOW, config));
            try (Session client =
                            Session.over(Stack.over(pair.near()).layer(dead).frames(), SLOW, config);
                    Session server = far.get()) {
                assertThatThrownBy(() -> {
                            while (true) {
                                client.call(SessionContract.ECHO, "x");
                            }
                        })
                        .isInstanceOf(SessionException.class);
                assertThat(client.awaitEnd()).isIn(Problem.NO_ANSWER, Problem.ENDED);
                assertThat(server.awaitEnd()).isIn(Problem.NO_ANSWER, Problem.ENDED);
                assertThat(simulation.elapsed()).isLessThan(ofMinutes(4));
            }
        });
    }
}
