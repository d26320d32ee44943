package dev.sluice.session;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.loop.Backend;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import dev.sluice.net.Listener.Limits;
import dev.sluice.net.NetException;
import dev.sluice.net.OnEachBackend;
import dev.sluice.net.Tcp;
import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import dev.sluice.session.SessionException.Problem;
import dev.sluice.task.Deadline;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Actors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/// Sessions that are served over real sockets, and what becomes of them when their listener is closed.
@SuppressWarnings("try") // a close in the middle is what is tested
class MuxServingTest {
    private interface Body {
        void run(Listener listener, Task<Void> serving) throws Exception;
    }

    private static void served(Backend backend, Limits limits, Listener.Handler handler, Body body) throws Exception {
        LoopsConfig config = LoopsConfig.defaults().withBackend(backend).withStallLimit(ofSeconds(20));
        Sluice.run(
                config,
                () -> Deadline.after(ofSeconds(60))
                        .named("test")
                        .run(() -> TaskGroup.run(group -> {
                            Listener listener = Tcp.listen("127.0.0.1:0");
                            Task<Void> serving = group.start("serve", () -> listener.serve(limits, handler));
                            body.run(listener, serving);
                            listener.close();
                        })));
    }

    private static int echo(Connection stream, int value) throws IOException {
        stream.write(new byte[] {(byte) value});
        byte[] back = new byte[1];
        return stream.read(back, 0, 1) < 0 ? -1 : back[0];
    }

    private static void question(Connection stream) throws IOException {
        byte[] asked = new byte[1];
        while (stream.read(asked, 0, 1) > 0) {
            switch (asked[0]) {
                case 'd' -> throw new IllegalStateException("a defect");
                case 'i' -> throw new IOException("bad input");
                case 'u' -> throw new UncheckedIOException(new IOException("bad input"));
                default -> stream.write(asked);
            }
        }
    }

    @Test
    void whatHappensToOneStreamTouchesNoOther() throws Exception {
        var reports = new CopyOnWriteArrayList<Report>();
        var before = Reports.handler(reports::add);
        try {
            served(Backend.AUTO, Limits.defaults(), Mux.serving(MuxServingTest::question), (listener, serving) -> {
                try (Mux mux = Mux.client(Tcp.connect(listener.address().place()))) {
                    Connection stays = mux.open();
                    for (char bad : new char[] {'d', 'i', 'u'}) {
                        Connection stream = mux.open();
                        assertThat(echo(stream, 'x')).isEqualTo('x');
                        assertThatThrownBy(() -> echo(stream, bad))
                                .isInstanceOfSatisfying(
                                        NetException.class,
                                        reset -> assertThat(reset.isPeerGone()).isTrue());
                        stream.close();
                        assertThat(echo(stays, 'y')).isEqualTo('y');
                    }
                    stays.closeOutput();
                    assertThat(stays.readAllBytes(1)).isEmpty();
                }
            });
            Actors.await("it is reported", () -> !reports.isEmpty()); // another thread tells them
        } finally {
            Reports.handler(before);
        }
        assertThat(reports)
                .singleElement()
                .isInstanceOfSatisfying(
                        Report.UnobservedFailure.class,
                        report -> assertThat(report.failure()).hasMessage("a defect"));
    }

    @OnEachBackend
    void clientsHearAtOnceThatTheListenerIsClosed(Backend backend) throws Exception {
        var limits = new Limits(10, ofMinutes(10));
        served(backend, limits, Mux.serving(MuxServingTest::question), (listener, serving) -> {
            Mux idle = Mux.client(Tcp.connect(listener.address().place()));
            Mux busy = Mux.client(Tcp.connect(listener.address().place()));
            Connection stream = busy.open();
            idle.ping();
            assertThat(echo(stream, 1)).isEqualTo(1);
            listener.close();
            for (Mux mux : new Mux[] {idle, busy}) {
                assertThat(untilRefused(mux)).isIn(MuxException.Problem.GOING_AWAY, MuxException.Problem.ENDED);
            }
            assertThat(echo(stream, 2)).isEqualTo(2);
            assertThat(serving.isDone()).isFalse();
            stream.closeOutput();
            assertThat(stream.readAllBytes(1)).isEmpty();
            serving.get();
            busy.close();
            idle.close();
        });
    }

    /// Opens streams until that is refused.
    private static MuxException.Problem untilRefused(Mux mux) throws IOException {
        while (true) {
            try (Connection _ = mux.open()) {
                Sluice.sleep(ofMillis(1));
            } catch (MuxException refused) {
                return refused.problem();
            }
        }
    }

    @Test
    void whoStaysTooLongIsCut() throws Exception {
        served(
                Backend.AUTO,
                new Limits(10, ofMillis(20)),
                Mux.serving(MuxServingTest::question),
                (listener, serving) -> {
                    try (Mux mux = Mux.client(Tcp.connect(listener.address().place()))) {
                        Connection stream = mux.open();
                        assertThat(echo(stream, 1)).isEqualTo(1);
                        listener.close();
                        serving.get();
                        assertThatThrownBy(() -> {
                                    while (true) {
                                        echo(stream, 2);
                                    }
                                })
                                .isInstanceOf(NetException.class);
                    }
                });
    }

    @OnEachBackend
    void callersHearItToo(Backend backend) throws Exception {
        var limits = new Limits(10, ofMinutes(10));
        served(backend, limits, Session.serving(SessionContract.service()), (listener, serving) -> {
            try (Session session = Session.over(Tcp.connect(listener.address().place()))) {
                assertThat(session.call(SessionContract.ECHO, "in time")).isEqualTo("in time");
                listener.close();
                assertThat(session.awaitEnd()).isEqualTo(Problem.GOING_AWAY);
            }
            serving.get();
        });
    }
}
