package dev.sluice.net;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Socket;
import dev.sluice.loop.Backend;
import dev.sluice.loop.Loop;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.net.Tcp.KeepAlive;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Options of TCP sockets, as the system sees them.
abstract class TcpOptionsContract {
    private static final TcpAddress HERE = new TcpAddress("127.0.0.1", 0);

    abstract Backend backend();

    private void run(Action<?> body) throws Exception {
        LoopsConfig two =
                LoopsConfig.defaults().withCount(2).withBackend(backend()).withStallLimit(ofSeconds(20));
        Sluice.run(two, () -> Deadline.after(ofSeconds(60)).named("test").run(body));
    }

    /// What the system has for an option; the sockets of the JDK are asked by its names.
    int option(Connection connection, int level, int option) {
        return Socket.getOption(new CallState(), ((SocketConnection) connection).fd, level, option);
    }

    @Test
    void bothEndsHaveThem() throws Exception {
        Tcp.Options options = Tcp.Options.defaults()
                .withNoDelay(false)
                .withKeepAlive(KeepAlive.after(ofSeconds(30), ofSeconds(5), 4))
                .withBuffers(40_000, 50_000);
        run(() -> {
            try (Listener listener = Tcp.listen(HERE, options);
                    Connection near = Tcp.connect((TcpAddress) listener.address(), options);
                    Connection far = listener.accept()) {
                for (Connection end : List.of(near, far)) {
                    assertThat(option(end, Socket.IPPROTO_TCP, Socket.TCP_NODELAY))
                            .isZero();
                    assertThat(option(end, Socket.SOL_SOCKET, Socket.SO_KEEPALIVE))
                            .isEqualTo(1);
                    assertThat(option(end, Socket.IPPROTO_TCP, Socket.TCP_KEEPIDLE))
                            .isEqualTo(30);
                    assertThat(option(end, Socket.IPPROTO_TCP, Socket.TCP_KEEPINTVL))
                            .isEqualTo(5);
                    assertThat(option(end, Socket.IPPROTO_TCP, Socket.TCP_KEEPCNT))
                            .isEqualTo(4);
                    // Linux doubles what it is told.
                    assertThat(option(end, Socket.SOL_SOCKET, Socket.SO_SNDBUF)).isEqualTo(80_000);
                    assertThat(option(end, Socket.SOL_SOCKET, Socket.SO_RCVBUF)).isEqualTo(100_000);
                }
            }
        });
    }

    @Test
    void withoutAnyTheSystemIsLeftAsItIs() throws Exception {
        run(() -> {
            try (Listener listener = Tcp.listen(HERE, Tcp.Options.defaults());
                    Connection near = Tcp.connect((TcpAddress) listener.address(), Tcp.Options.defaults());
                    Connection far = listener.accept()) {
                for (Connection end : List.of(near, far)) {
                    assertThat(option(end, Socket.IPPROTO_TCP, Socket.TCP_NODELAY))
                            .isEqualTo(1);
                    assertThat(option(end, Socket.SOL_SOCKET, Socket.SO_KEEPALIVE))
                            .isZero();
                }
            }
        });
    }

    @Test
    void aCloseWithoutGraceDropsWhatIsNotSent() throws Exception {
        for (Duration grace : List.of(Duration.ZERO, ofMillis(1))) {
            Tcp.Options impatient = Tcp.Options.defaults().withCloseGrace(grace).withBuffers(4_096, 4_096);
            run(() -> {
                try (Listener listener = Tcp.listen(HERE, impatient);
                        Connection near = Tcp.connect((TcpAddress) listener.address(), impatient);
                        Connection far = listener.accept()) {
                    byte[] much = new byte[10_000_000];
                    while (far.statistics().bytesPending() == 0) { // or the deadline was over before it began
                        Deadline.after(ofMillis(50)).tryRun(() -> far.write(much)); // nobody reads
                    }
                    assertThatThrownBy(far::close)
                            .isInstanceOf(NetException.class)
                            .hasMessageContaining("close tcp");
                    assertThatThrownBy(() -> near.readAllBytes(10_000_000))
                            .isInstanceOf(NetException.class)
                            .hasMessageContaining("ECONNRESET");
                }
            });
        }
    }

    @Test
    void onePortServesSeveralLoops() throws Exception {
        run(() -> {
            Tcp.Options shared = Tcp.Options.defaults().withReusePort(true);
            var served = new AtomicInteger();
            try (Listener first = Tcp.listen(HERE, shared);
                    var group = TaskGroup.open()) {
                var place = (TcpAddress) first.address();
                var listeners = new ArrayList<Listener>(List.of(first));
                for (Loop loop : Loop.current().loops().all()) {
                    if (loop != Loop.current()) {
                        listeners.add(group.startOn(loop, "listen", () -> Tcp.listen(place, shared))
                                .get());
                    }
                }
                for (Listener listener : listeners) {
                    group.start(
                            "server",
                            () -> listener.serve(connection -> {
                                served.incrementAndGet();
                                connection.transferTo(connection);
                            }));
                }
                for (int i = 0; i < 64; i++) {
                    try (Connection connection = Tcp.connect(place, shared)) {
                        assertThat(ServingContract.ask(connection, "hello")).isEqualTo("hello");
                    }
                }
                for (Listener listener : listeners) {
                    assertThat(listener.statistics().accepted())
                            .as("%s", listener)
                            .isPositive();
                    listener.close();
                }
                group.join();
            }
            assertThat(served).hasValue(64);
        });
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> KeepAlive.after(ofMillis(10), ofSeconds(1), 1))
                .hasMessage("keep alive: idle=PT0.01S interval=PT1S probes=1, expected times of 1..32767 s and 1..127"
                        + " probes");
        assertThatThrownBy(() -> Tcp.Options.defaults().withBacklog(0))
                .hasMessage("tcp options: backlog=0, expected 1 or more");
        assertThatThrownBy(() -> Tcp.Options.defaults().withBuffers(-1, 0))
                .hasMessage("tcp options: send=-1 receive=0, expected 0 or more");
        assertThatThrownBy(() -> Tcp.Options.defaults().withCloseGrace(ofMillis(-1)))
                .hasMessage("tcp options: closeGrace=PT-0.001S, expected no negative time");
    }
}
