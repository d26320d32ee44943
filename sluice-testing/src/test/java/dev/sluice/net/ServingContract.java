package dev.sluice.net;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.channel.Channel;
import dev.sluice.loop.Backend;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.net.Listener.Limits;
import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import dev.sluice.sync.Event;
import dev.sluice.task.Action;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Listening, serving and connecting, on each back end.
@SuppressWarnings("try") // a close in the middle is what is tested
abstract class ServingContract {
    abstract Backend backend();

    /// Whether the sockets are the kernel's: the JDK's know neither abstract names nor peers.
    private boolean asksTheKernel() {
        return backend() != Backend.NIO;
    }

    void run(Action<?> body) throws Exception {
        LoopsConfig config =
                LoopsConfig.defaults().withCount(2).withBackend(backend()).withStallLimit(ofSeconds(20));
        Sluice.run(config, () -> Deadline.after(ofSeconds(60)).named("test").run(body));
    }

    static Listener listen() throws IOException {
        return Tcp.listen("127.0.0.1:0");
    }

    static Connection connect(Listener listener) throws IOException {
        return switch (listener.address()) {
            case TcpAddress tcp -> Tcp.connect(tcp, Tcp.Options.defaults());
            case UnixAddress unix -> Unix.connect(unix);
            default -> throw new AssertionError(listener.address());
        };
    }

    static String ask(Connection connection, String question) throws IOException {
        connection.write(question.getBytes(StandardCharsets.UTF_8));
        byte[] answer = new byte[100];
        int n = connection.read(answer, 0, answer.length);
        return n < 0 ? "" : new String(answer, 0, n, StandardCharsets.UTF_8);
    }

    /// Waits until a condition holds; the test's deadline ends it.
    static void until(java.util.function.BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Sluice.sleep(ofMillis(1));
        }
    }

    @Test
    void manyAreServedAtTheSameTime() throws Exception {
        run(() -> {
            try (var group = TaskGroup.open();
                    Listener listener = listen()) {
                group.start("serve", () -> listener.serve(connection -> connection.transferTo(connection)));
                var connections = new ArrayList<Connection>();
                for (int i = 0; i < 1_000; i++) {
                    connections.add(connect(listener));
                }
                for (int round = 0; round < 3; round++) {
                    for (int i = 0; i < connections.size(); i++) {
                        assertThat(ask(connections.get(i), "hello " + i)).isEqualTo("hello " + i);
                    }
                }
                assertThat(listener.statistics()).isEqualTo(new Listener.Statistics(1_000, 1_000, 0, 0));
                for (Connection connection : connections) {
                    connection.close();
                }
                until(() -> listener.statistics().open() == 0);
                listener.close();
                group.join();
            }
        });
    }

    @Test
    void whatHappensToOneTouchesNoOther() throws Exception {
        var reports = new CopyOnWriteArrayList<Report>();
        var before = Reports.handler(reports::add);
        try {
            run(() -> {
                try (var group = TaskGroup.open();
                        Listener listener = listen()) {
                    group.start(
                            "serve",
                            () -> listener.serve(connection -> {
                                byte[] asked = new byte[1];
                                connection.read(asked, 0, 1);
                                switch (asked[0]) {
                                    case 'd' -> throw new IllegalStateException("a defect");
                                    case 'i' -> throw new IOException("bad input");
                                    case 'u' -> throw new UncheckedIOException(new IOException("bad input"));
                                    default -> connection.write(asked);
                                }
                            }));
                    Connection fine = connect(listener);
                    for (String broken : List.of("d", "i", "u")) {
                        try (Connection victim = connect(listener)) {
                            assertThatThrownBy(() -> ask(victim, broken))
                                    .isInstanceOfSatisfying(
                                            NetException.class,
                                            failure -> assertThat(failure.isPeerGone())
                                                    .isTrue());
                        }
                    }
                    Connection dead = connect(listener);
                    dead.abort();
                    assertThat(ask(fine, "x")).isEqualTo("x");
                    fine.close();
                    until(() -> listener.statistics().open() == 0);
                    assertThat(listener.statistics().failed()).isBetween(3L, 4L);
                    listener.close();
                    group.join();
                }
                until(() -> !reports.isEmpty());
            });
        } finally {
            Reports.handler(before);
        }
        assertThat(reports).hasSize(1).first().isInstanceOfSatisfying(Report.UnobservedFailure.class, report -> {
            assertThat(report.failure()).hasMessage("a defect");
        });
    }

    @Test
    void anErrorThatIsNotTheHandlersEndsTheServing() throws Exception {
        run(() -> {
            try (Listener listener = listen()) {
                assertThatThrownBy(() -> {
                            try (var group = TaskGroup.open();
                                    Connection client = connect(listener)) {
                                group.start(
                                        "serve",
                                        () -> listener.serve(connection -> {
                                            throw new OutOfMemoryError("as if");
                                        }));
                                ask(client, "x");
                                group.join();
                            }
                        })
                        .hasMessageContaining("OutOfMemoryError: as if");
                assertThat(listener.statistics().open()).isZero();
                assertThat(listener.statistics().failed()).isZero();
            }
        });
    }

    @Test
    void noMoreThanTheLimitAreServed() throws Exception {
        run(() -> {
            var most = new AtomicInteger();
            var now = new AtomicInteger();
            try (var group = TaskGroup.open();
                    Listener listener = listen()) {
                group.start(
                        "serve",
                        () -> listener.serve(new Limits(3, ofSeconds(1)), connection -> {
                            most.accumulateAndGet(now.incrementAndGet(), Math::max);
                            connection.transferTo(connection);
                            now.decrementAndGet();
                        }));
                try (var clients = TaskGroup.open()) {
                    for (int i = 0; i < 20; i++) {
                        clients.start("client", () -> {
                            try (Connection connection = connect(listener)) {
                                assertThat(ask(connection, "hello")).isEqualTo("hello");
                            }
                        });
                    }
                    clients.join();
                }
                listener.close();
                group.join();
            }
            assertThat(most).hasValueBetween(1, 3);
        });
    }

    @Test
    void aClosedListenerLetsThoseGoOnThatAreServed() throws Exception {
        run(() -> {
            try (var group = TaskGroup.open();
                    Listener listener = listen()) {
                Task<Void> serving = group.start(
                        "serve",
                        () -> listener.serve(new Limits(10, ofSeconds(50)), connection -> {
                            connection.transferTo(connection);
                        }));
                Connection connection = connect(listener);
                assertThat(ask(connection, "a")).isEqualTo("a");
                listener.close();
                assertThatThrownBy(() -> connect(listener))
                        .isInstanceOfSatisfying(
                                NetException.class,
                                failure -> assertThat(failure.error()).contains("ECONNREFUSED"));
                assertThat(ask(connection, "b")).as("it is drained").isEqualTo("b");
                connection.closeOutput();
                assertThat(connection.read(new byte[1], 0, 1))
                        .as("in an orderly way")
                        .isEqualTo(-1);
                serving.get();
                connection.close();
                assertThat(listener.statistics()).isEqualTo(new Listener.Statistics(1, 0, 0, 0));
                group.join();
            }
        });
    }

    @Test
    void thoseWhoAreStillServedAfterTheDrainAreCancelled() throws Exception {
        run(() -> {
            Channel<String> ends = Channel.buffered(10);
            try (var group = TaskGroup.open();
                    Listener listener = listen()) {
                Task<Void> serving = group.start(
                        "serve",
                        () -> listener.serve(new Limits(10, ofMillis(20)), connection -> {
                            try {
                                connection.transferTo(connection);
                                ends.send("orderly");
                            } finally {
                                ends.trySend("end");
                            }
                        }));
                Connection stubborn = connect(listener);
                assertThat(ask(stubborn, "a")).isEqualTo("a");
                listener.close();
                serving.get();
                assertThat(ends.receive()).isEqualTo("end");
                assertThatThrownBy(() -> ask(stubborn, "b")).isInstanceOf(NetException.class);
                stubborn.close();
                group.join();
            }
        });
    }

    @Test
    void aServerThatIsFullNoticesItsClose() throws Exception {
        run(() -> {
            var served = new Event();
            try (var group = TaskGroup.open();
                    Listener listener = listen()) {
                Task<Void> serving = group.start(
                        "serve",
                        () -> listener.serve(new Limits(1, Duration.ZERO), connection -> {
                            served.set();
                            new Event().await(); // for ever: nothing makes room but the end of the drain
                        }));
                Connection only = connect(listener);
                served.await();
                listener.close();
                serving.get();
                assertThatThrownBy(() -> ask(only, "a")).isInstanceOf(NetException.class);
                only.close();
                group.join();
            }
        });
    }

    @Test
    void aCancelledServerCancelsAll() throws Exception {
        run(() -> {
            try (var group = TaskGroup.open();
                    Listener listener = listen()) {
                var stop = new AtomicReference<CancelScope>();
                Task<Boolean> serving = group.start(
                        "serve",
                        () -> CancelScope.run(scope -> {
                            stop.set(scope);
                            listener.serve(connection -> connection.transferTo(connection));
                        }));
                Connection connection = connect(listener);
                assertThat(ask(connection, "a")).isEqualTo("a");
                stop.get().cancel("the test has seen enough");
                assertThat(serving.get()).isFalse();
                assertThatThrownBy(() -> ask(connection, "b")).isInstanceOf(NetException.class);
                connection.close();
                group.join();
            }
        });
    }

    @Test
    void acceptsAreCancelledAndClosed() throws Exception {
        run(() -> {
            Listener listener = listen();
            assertThat(Deadline.after(ofMillis(20)).tryRun(listener::accept)).isFalse();
            Connection near = connect(listener);
            Connection far = listener.accept();
            assertThat(far.remote()).isEqualTo(near.local());
            try (var group = TaskGroup.open()) {
                for (int i = 0; i < 3; i++) {
                    group.start("accept", () -> {
                        assertThatThrownBy(listener::accept)
                                .isInstanceOf(NetException.class)
                                .hasMessageContaining("accept tcp 127.0.0.1:")
                                .hasMessageContaining("closed");
                    });
                }
                Sluice.yield();
                Sluice.yield();
                listener.close();
                listener.close();
                group.join();
            }
            assertThat(ask2(near, far)).isEqualTo("still there");
            near.close();
            far.close();
        });
    }

    private static String ask2(Connection near, Connection far) throws IOException {
        near.write("still there".getBytes(StandardCharsets.UTF_8));
        byte[] answer = new byte[100];
        return new String(answer, 0, far.read(answer, 0, answer.length), StandardCharsets.UTF_8);
    }

    @Test
    void everyAddressOfTheMachineIsReached() throws Exception {
        run(() -> {
            try (Listener listener = Tcp.listen(":0")) {
                int port = ((TcpAddress) listener.address()).port();
                assertThat(port).isPositive();
                for (String host : List.of("127.0.0.1", "[::1]", "localhost")) {
                    Connection near = Tcp.connect(host + ":" + port);
                    Connection far = listener.accept();
                    assertThat(far.remote()).isEqualTo(near.local());
                    assertThat(far.local()).isEqualTo(near.remote());
                    near.close();
                    far.close();
                }
            }
        });
    }

    @Test
    void whatCannotBeReachedSaysWhy() throws Exception {
        run(() -> {
            Listener listener = listen();
            TcpAddress address = (TcpAddress) listener.address();
            assertThatThrownBy(() -> Tcp.listen(address.place()))
                    .isInstanceOf(NetException.class)
                    .hasMessage("listen tcp " + address.place() + ": EADDRINUSE (Address already in use)");
            listener.close();
            assertThatThrownBy(() -> Tcp.connect(address.place()))
                    .isInstanceOf(NetException.class)
                    .hasMessage("connect tcp " + address.place() + ": ECONNREFUSED (Connection refused)");
            assertThatThrownBy(() -> Tcp.connect("no-such-host.invalid:80"))
                    .isInstanceOf(NetException.class)
                    .hasMessage("lookup tcp no-such-host.invalid:80: the system knows no address of "
                            + "host=no-such-host.invalid");
            assertThatThrownBy(() -> Unix.connect(new UnixAddress("/no/such/socket")))
                    .isInstanceOf(NetException.class)
                    .hasMessage("connect unix /no/such/socket: ENOENT (No such file or directory)");
        });
    }

    @Test
    void portsAreShared() throws Exception {
        run(() -> {
            Tcp.Options shared = Tcp.Options.defaults().withReusePort(true);
            try (Listener first = Tcp.listen(new TcpAddress("127.0.0.1", 0), shared);
                    Listener second = Tcp.listen((TcpAddress) first.address(), shared)) {
                assertThat(second.address()).isEqualTo(first.address());
            }
        });
    }

    @Test
    void unixSocketsArePathsAndNames(@TempDir Path directory) throws Exception {
        run(() -> {
            Path path = directory.resolve("socket ü");
            List<UnixAddress> all = asksTheKernel()
                    ? List.of(UnixAddress.of(path), new UnixAddress("@sluice-test-" + System.nanoTime()))
                    : List.of(UnixAddress.of(path));
            for (UnixAddress address : all) {
                try (Listener listener = Unix.listen(address)) {
                    assertThat(listener.address()).isEqualTo(address);
                    Connection near = Unix.connect(address);
                    Connection far = listener.accept();
                    assertThat(near.remote()).isEqualTo(address);
                    assertThat(far.local()).isEqualTo(address);
                    if (asksTheKernel()) {
                        assertThat(Unix.peer(far).pid())
                                .isEqualTo((int) ProcessHandle.current().pid());
                        assertThat(Unix.peer(near)).isEqualTo(Unix.peer(far));
                    }
                    near.close();
                    if (asksTheKernel()) {
                        assertThatThrownBy(() -> Unix.peer(near)).isInstanceOf(NetException.class);
                    }
                    far.close();
                    assertThatThrownBy(() -> Unix.listen(address)).hasMessageContaining("EADDRINUSE");
                }
                assertThat(Files.exists(path))
                        .as("the listener took its path along")
                        .isFalse();
            }
        });
    }

    @Test
    void aBusyUnixListenerIsReachedInTheEnd() throws Exception {
        run(() -> {
            try (var group = TaskGroup.open();
                    Listener listener = Unix.listen(new UnixAddress(""))) {
                for (int i = 0; i < 50; i++) {
                    group.start("client", () -> {
                        try (Connection connection = connect(listener)) {
                            assertThat(ask(connection, "x")).isEqualTo("x");
                        }
                    });
                }
                Sluice.yield();
                group.start("serve", () -> listener.serve(connection -> connection.transferTo(connection)));
                until(() -> listener.statistics().accepted() == 50
                        && listener.statistics().open() == 0);
                listener.close();
                group.join();
            }
        });
    }
}
