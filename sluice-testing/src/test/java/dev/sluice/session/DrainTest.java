package dev.sluice.session;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import dev.sluice.net.Listener.Limits;
import dev.sluice.net.Memory;
import dev.sluice.net.NetException;
import dev.sluice.observe.Report;
import dev.sluice.session.SessionException.Problem;
import dev.sluice.sync.Event;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;

/// A listener that is closed tells those who are served, in virtual time and in many orders: what has begun is
/// finished, nothing new begins.
@Tag("needs-opens")
class DrainTest {
    private static final Service SLOW = SessionContract.service().with(SessionContract.WAIT, text -> {
        Sluice.sleep(Duration.parse(text));
        return text;
    });

    private interface Body {
        void run(Memory.Network network, Listener listener, TaskGroup<Object, Void> group) throws Exception;
    }

    /// Runs a body beside a server.
    ///
    /// @return how long the server went on after the body had ended, by which it was closed
    private static Duration served(Simulation simulation, Limits limits, Listener.Handler handler, Body body)
            throws Exception {
        Memory.Network network = Memory.network();
        Duration[] closed = new Duration[1];
        TaskGroup.run(group -> {
            Listener listener = network.listen("shop");
            group.start("server", () -> listener.serve(limits, handler));
            body.run(network, listener, group);
            listener.close();
            closed[0] = simulation.elapsed();
        });
        return simulation.elapsed().minus(closed[0]);
    }

    @Simulated(seeds = 25)
    void callsThatHaveBegunAreAnsweredAndNoOthers(Simulation simulation) throws Exception {
        List<Session> sessions = new ArrayList<>();
        Duration took = served(simulation, Limits.defaults(), Session.serving(SLOW), (network, listener, group) -> {
            Session busy = Session.over(network.connect("shop"));
            Session idle = Session.over(network.connect("shop"));
            sessions.addAll(List.of(busy, idle));
            group.start(
                    "call",
                    () -> assertThat(busy.call(SessionContract.WAIT, "PT6S")).isEqualTo("PT6S"));
            Sluice.sleep(ofSeconds(1));
            group.start("after", () -> {
                Sluice.sleep(ofSeconds(1));
                assertThatThrownBy(() -> busy.call(SessionContract.ECHO, "late"))
                        .isInstanceOfSatisfying(SessionException.class, refused -> {
                            assertThat(refused.problem()).isEqualTo(Problem.GOING_AWAY);
                            assertThat(refused.isUntouched()).isTrue();
                        });
                assertThat(idle.awaitEnd()).isEqualTo(Problem.GOING_AWAY);
                assertThat(simulation.elapsed()).as("at once").isLessThan(ofSeconds(3));
            });
        });
        assertThat(took).as("the rest of the call").isBetween(ofSeconds(5), ofSeconds(6));
        sessions.forEach(Session::close);
    }

    @Simulated(seeds = 25)
    void aCallThatTakesTooLongIsCutWithItsSession(Simulation simulation) throws Exception {
        Limits limits = new Limits(10, ofSeconds(30));
        List<Session> sessions = new ArrayList<>();
        Duration took = served(simulation, limits, Session.serving(SLOW), (network, listener, group) -> {
            Session busy = Session.over(network.connect("shop"));
            sessions.add(busy);
            group.start(
                    "call",
                    () -> assertThatThrownBy(() -> busy.call(SessionContract.WAIT, "PT1H"))
                            .isInstanceOf(Exception.class));
            Sluice.sleep(ofSeconds(1));
        });
        assertThat(took).isBetween(ofSeconds(30), ofMinutes(1));
        sessions.forEach(Session::close);
    }

    @Simulated(seeds = 25)
    void streamsThatAreOpenGoOnAndNoNewOnesBegin(Simulation simulation) throws Exception {
        Listener.Handler echo = Mux.serving(stream -> stream.transferTo(stream));
        Duration took = served(simulation, Limits.defaults(), echo, (network, listener, group) -> {
            Mux mux = Mux.client(network.connect("shop"));
            Connection stream = mux.open();
            exchange(stream, 1);
            group.start("after", () -> {
                Sluice.sleep(ofSeconds(3));
                assertThatThrownBy(mux::open)
                        .isInstanceOfSatisfying(
                                MuxException.class,
                                refused -> assertThat(refused.problem()).isEqualTo(MuxException.Problem.GOING_AWAY));
                exchange(stream, 2);
                stream.closeOutput();
                assertThat(stream.readAllBytes(1)).isEmpty();
                mux.close();
            });
        });
        assertThat(took).isBetween(ofSeconds(3), ofSeconds(4));
    }

    private static void exchange(Connection stream, int number) throws Exception {
        stream.write(new byte[] {(byte) number});
        byte[] back = new byte[1];
        assertThat(stream.read(back, 0, 1)).isEqualTo(1);
        assertThat(back[0]).isEqualTo((byte) number);
    }

    @Simulated(seeds = 25)
    void aServerThatIsFullNoticesItsClose(Simulation simulation) throws Exception {
        Limits one = new Limits(1, ofSeconds(7));
        List<Connection> connections = new ArrayList<>();
        Duration took = served(simulation, one, connection -> Sluice.sleep(ofHours(1)), (network, listener, group) -> {
            connections.add(network.connect("shop"));
            connections.add(network.connect("shop")); // waits to be accepted
            Sluice.sleep(ofSeconds(1));
            assertThat(listener.statistics().open()).isEqualTo(1);
        });
        assertThat(took).isEqualTo(ofSeconds(7));
        for (Connection reset : connections) {
            assertThatThrownBy(() -> reset.read(new byte[1], 0, 1))
                    .isInstanceOfSatisfying(
                            NetException.class,
                            gone -> assertThat(gone.isPeerGone()).isTrue());
        }
    }

    @Simulated(seeds = 25)
    void wishesRunOnceAndOnlyIfTheyAreStillThere(Simulation simulation) throws Exception {
        List<String> ran = new ArrayList<>();
        Event begun = new Event();
        Listener.Handler handler = connection -> {
            Listener.onDrain(() -> ran.add("first"));
            Listener.onDrain(() -> {
                throw new IllegalStateException("a defect");
            });
            Listener.onDrain(() -> ran.add("taken back")).close();
            try (var group = TaskGroup.open()) {
                group.start("child", () -> {
                    Listener.onDrain(() -> ran.add("of a child"));
                });
                group.join();
            }
            begun.set();
            Sluice.sleep(ofSeconds(5));
            assertThat(ran).containsExactly("first", "of a child");
            Listener.onDrain(() -> ran.add("late"));
        };
        Duration took = served(simulation, Limits.defaults(), handler, (network, listener, group) -> {
            Listener.onDrain(() -> ran.add("of nobody"));
            network.connect("shop");
            begun.await();
            assertThat(ran).isEmpty();
        });
        assertThat(took).isEqualTo(ofSeconds(5));
        assertThat(ran).containsExactly("first", "of a child", "late");
        assertThat(simulation.takeReports()).singleElement().isInstanceOf(Report.UnobservedFailure.class);
    }
}
