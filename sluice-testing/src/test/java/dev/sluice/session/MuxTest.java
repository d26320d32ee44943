package dev.sluice.session;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.net.Address;
import dev.sluice.net.Connection;
import dev.sluice.net.Memory;
import dev.sluice.net.NetException;
import dev.sluice.session.MuxException.Problem;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// Sessions: several streams, their bounds, and their ends.
@SuppressWarnings("try") // a close in the middle is what is tested
class MuxTest {
    private static void run(Action<?> body) throws Exception {
        LoopsConfig config = LoopsConfig.defaults().withStallLimit(ofSeconds(20));
        Sluice.run(config, () -> Deadline.after(ofSeconds(60)).named("test").run(body));
    }

    private interface Body {
        void run(Mux client, Mux server, TaskGroup<Object, Void> group) throws Exception;
    }

    private static void connected(MuxConfig config, Body body) throws Exception {
        run(() -> {
            Memory.Pair pair = Memory.pair("test");
            try (Mux client = Mux.client(pair.near(), config);
                    Mux server = Mux.server(pair.far(), config);
                    var group = TaskGroup.open()) {
                body.run(client, server, group);
                group.join();
            }
        });
    }

    private static void fails(ThrowingCallable body, Problem problem) {
        assertThatThrownBy(body)
                .isInstanceOfSatisfying(
                        MuxException.class,
                        failure -> assertThat(failure.problem())
                                .as(failure.getMessage())
                                .isEqualTo(problem));
    }

    private static String read(Connection from) throws IOException {
        byte[] into = new byte[1_000];
        return new String(into, 0, from.read(into, 0, into.length), StandardCharsets.UTF_8);
    }

    private static void write(Connection to, String text) throws IOException {
        to.write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void manyStreamsPassInBothDirectionsAtOnce() throws Exception {
        connected(MuxConfig.defaults(), (client, server, group) -> {
            for (Mux side : List.of(client, server)) {
                group.start("echo", () -> {
                    try (var echoes = TaskGroup.open()) {
                        for (int i = 0; i < 50; i++) {
                            Connection stream = side.accept();
                            echoes.start("stream", () -> {
                                stream.transferTo(stream);
                                stream.close();
                            });
                        }
                        echoes.join();
                    }
                });
                group.start("ask", () -> {
                    try (var asking = TaskGroup.open()) {
                        for (int i = 0; i < 50; i++) {
                            int size = 1 + i * 4_001;
                            asking.start("stream", () -> ask(side, size));
                        }
                        asking.join();
                    }
                });
            }
        });
    }

    private static void ask(Mux side, int size) throws Exception {
        byte[] bytes = new byte[size];
        new SplittableRandom(size).nextBytes(bytes);
        Connection stream = side.open();
        try (var group = TaskGroup.open()) {
            group.start("write", () -> {
                stream.write(bytes);
                stream.closeOutput();
            });
            assertThat(stream.readAllBytes(size)).isEqualTo(bytes);
            group.join();
        }
        stream.close();
    }

    @Test
    void aStreamThatNobodyReadsHoldsUpNoOther() throws Exception {
        connected(MuxConfig.defaults(), (client, server, group) -> {
            Connection stuck = client.open();
            Connection stuckFar = server.accept();
            until(() -> {
                assertThat(Deadline.after(ofMillis(20)).tryRun(() -> stuck.write(new byte[10 << 20])))
                        .isFalse();
                return stuck.statistics().bytesWritten() == 1 << 18;
            });
            Connection fine = client.open();
            write(fine, "hello");
            Connection fineFar = server.accept();
            assertThat(read(fineFar)).isEqualTo("hello");
            int arrived = 0;
            while (arrived < 1 << 18) {
                arrived += stuckFar.read(new byte[50_000], 0, 50_000);
            }
            assertThat(arrived).isEqualTo(1 << 18);
            assertThat(fine.local()).isNotEqualTo(stuck.local());
            assertThat(Address.parse(fine.local().toString())).isEqualTo(fine.local());
        });
    }

    @Test
    void aLargerWindowIsUsed() throws Exception {
        connected(MuxConfig.defaults().withWindow(1 << 20), (client, server, group) -> {
            Connection stream = client.open();
            server.accept();
            until(() -> {
                Deadline.after(ofMillis(20)).tryRun(() -> stream.write(new byte[1 << 20]));
                return stream.statistics().bytesWritten() == 1 << 20;
            });
            assertThat(Deadline.after(ofMillis(20)).tryRun(() -> stream.write(new byte[1])))
                    .isFalse();
        });
    }

    @Test
    void aStreamShowsItsEndsAndWhatHasPassed() throws Exception {
        connected(MuxConfig.defaults(), (client, server, group) -> {
            Connection near = client.open();
            assertThat(near.statistics()).isEqualTo(new Connection.Statistics(0, 0, 0));
            write(near, "hello");
            Connection far = server.accept();
            assertThat(near).hasToString("stream 1@memory:test.near->1@memory:test.far");
            assertThat(far).hasToString("stream 1@memory:test.far->1@memory:test.near");
            assertThat(read(far)).isEqualTo("hello");
            assertThat(far.statistics()).isEqualTo(new Connection.Statistics(5, 0, 0));
            assertThat(near.statistics()).isEqualTo(new Connection.Statistics(0, 5, 5));
            near.write(new byte[1 << 17]); // half of the window
            for (int left = 1 << 17; left > 0; ) {
                left -= far.read(new byte[left], 0, left);
            }
            until(() -> near.statistics().bytesPending() <= 5); // the peer has told
            assertThat(near.statistics().bytesWritten()).isEqualTo(5 + (1 << 17));
            near.write(new byte[1000]);
            far.abort();
            assertThatThrownBy(() -> near.read(new byte[1], 0, 1)).hasMessageContaining(near.toString());
            assertThat(near.statistics().bytesPending()).isBetween(1000L, 1005L);
        });
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void until(Condition condition) throws IOException {
        while (!condition.holds()) {
            Sluice.yield();
        }
    }

    @Test
    void noMoreStreamsThanItsOwnLimitAreOpened() throws Exception {
        connected(MuxConfig.defaults().withStreams(5), (client, server, group) -> {
            for (int i = 0; i < 5; i++) {
                client.open();
            }
            fails(client::open, Problem.TOO_MANY_STREAMS);
        });
    }

    @Test
    void noMoreStreamsThanThePeersLimitAreOpen() throws Exception {
        run(() -> {
            Memory.Pair pair = Memory.pair("test");
            try (Mux client = Mux.client(pair.near(), MuxConfig.defaults().withStreams(5));
                    Mux server = Mux.server(pair.far(), MuxConfig.defaults().withStreams(3))) {
                List<Connection> open = new ArrayList<>();
                for (int i = 0; i < 5; i++) {
                    open.add(client.open());
                }
                for (int i = 3; i < 5; i++) {
                    Connection refused = open.get(i);
                    assertThatThrownBy(() -> refused.read(new byte[1], 0, 1))
                            .isInstanceOfSatisfying(
                                    NetException.class,
                                    failure -> assertThat(failure.isPeerGone()).isTrue());
                    refused.close();
                }
                assertThat(server.statistics()).isEqualTo(new Mux.Statistics(3, 0, 3));
                open.getFirst().close();
                server.accept().close();
                write(client.open(), "again");
                server.accept();
                server.accept();
                assertThat(read(server.accept())).isEqualTo("again");
            }
        });
    }

    @Test
    void whoGoesAwayLetsThoseGoOnThatAreThere() throws Exception {
        connected(MuxConfig.defaults(), (client, server, group) -> {
            Connection near = client.open();
            Connection far = server.accept();
            server.goAway();
            server.goAway();
            assertThat(server.ping()).isPositive();
            fails(client::open, Problem.GOING_AWAY);
            fails(server::open, Problem.GOING_AWAY);
            write(near, "still there");
            assertThat(read(far)).isEqualTo("still there");
        });
    }

    @Test
    void whoGoesAwayAcceptsWhatIsThereAndNoMore() throws Exception {
        connected(MuxConfig.defaults(), (client, server, group) -> {
            Connection near = client.open();
            client.ping();
            var waiting = group.start("accept", () -> {
                server.accept();
                fails(server::accept, Problem.GOING_AWAY);
            });
            server.goAway();
            waiting.get();
            client.ping();
            fails(client::open, Problem.GOING_AWAY);
            near.close();
        });
    }

    @Test
    void whatHasComeWholeCanBeReadWhenTheSessionHasEnded() throws Exception {
        connected(MuxConfig.defaults(), (client, server, group) -> {
            Connection whole = client.open();
            Connection torn = client.open();
            for (Connection stream : List.of(whole, torn)) {
                stream.write(new byte[] {1, 2});
                Connection far = server.accept();
                far.write(new byte[] {3, 4, 5});
                if (stream == whole) {
                    far.closeOutput();
                }
            }
            server.ping();
            server.close();
            fails(client::accept, Problem.ENDED); // when this side knows
            assertThat(whole.readAllBytes(9)).containsExactly(3, 4, 5);
            assertThat(whole.read(new byte[1], 0, 1)).isNegative();
            assertThatThrownBy(() -> whole.write(new byte[1])).isInstanceOf(NetException.class);
            assertThatThrownBy(() -> torn.read(new byte[1], 0, 1)).isInstanceOf(NetException.class);
            whole.close();
            assertThatThrownBy(() -> whole.read(new byte[1], 0, 1)).hasMessageContaining("closed");
        });
    }

    @Test
    void aClosedSessionResetsItsStreams() throws Exception {
        connected(MuxConfig.defaults(), (client, server, group) -> {
            Connection near = client.open();
            Connection far = server.accept();
            Task<?> accepting = group.start("accept", () -> fails(server::accept, Problem.ENDED));
            write(near, "last words");
            client.close();
            client.close();
            accepting.get();
            assertThatThrownBy(() -> near.read(new byte[1], 0, 1)).isInstanceOf(NetException.class);
            assertThatThrownBy(() -> {
                        while (true) {
                            far.read(new byte[100], 0, 100);
                        }
                    })
                    .isInstanceOf(NetException.class);
            fails(client::open, Problem.ENDED);
            fails(client::ping, Problem.ENDED);
            fails(server::open, Problem.ENDED);
        });
    }

    @Test
    void aSilentPeerIsAskedAndGivenUp() throws Exception {
        run(() -> {
            Memory.Pair pair = Memory.pair("silent");
            MuxConfig config = MuxConfig.defaults().withKeepAlive(ofMillis(30)).withAnswer(ofMillis(50));
            try (Mux client = Mux.client(pair.near(), config)) {
                Connection stream = client.open();
                assertThatThrownBy(() -> stream.read(new byte[1], 0, 1)).isInstanceOf(NetException.class);
                fails(client::open, Problem.NO_ANSWER);
                assertThat(pair.far().statistics().bytesRead()).isZero();
                assertThatThrownBy(() -> pair.far().readAllBytes(1_000)).isInstanceOf(NetException.class);
            }
        });
    }

    @Test
    void anAskedPeerAnswers() throws Exception {
        MuxConfig config = MuxConfig.defaults().withKeepAlive(ofMillis(10)).withAnswer(ofSeconds(30));
        connected(config, (client, server, group) -> {
            Connection near = client.open();
            Connection far = server.accept();
            Duration round = client.ping();
            assertThat(round).isPositive();
            assertThat(Deadline.after(ofMillis(100)).tryRun(() -> far.read(new byte[1], 0, 1)))
                    .isFalse();
            write(near, "x");
            assertThat(read(far)).isEqualTo("x");
        });
    }

    @Test
    void whatComesForAClosedStreamIsReset() throws Exception {
        connected(MuxConfig.defaults(), (client, server, group) -> {
            Connection near = client.open();
            Connection far = server.accept();
            near.close();
            assertThat(far.read(new byte[1], 0, 1)).isEqualTo(-1);
            assertThatThrownBy(() -> until(() -> {
                        write(far, "is anybody there?");
                        return false;
                    }))
                    .isInstanceOfSatisfying(
                            NetException.class,
                            failure -> assertThat(failure.isPeerGone()).isTrue());
            far.close();
            assertThat(client.statistics().open()).isZero();
            assertThat(server.statistics().open()).isZero();
        });
    }
}
