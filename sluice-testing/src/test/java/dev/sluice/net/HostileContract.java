package dev.sluice.net;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.io.ByteReader;
import dev.sluice.loop.Backend;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Peers that reset, stall, come and go, and callers that are cancelled at any moment, on each back end: others
/// notice nothing, and nothing is left behind.
@SuppressWarnings("try") // a close in the middle is what is tested
abstract class HostileContract {
    private static final int FRAME = 40;

    abstract Backend backend();

    /// Runs a body, after which as many descriptors are open as before.
    private void run(Action<?> body) throws Exception {
        LoopsConfig config = LoopsConfig.defaults().withBackend(backend()).withStallLimit(ofSeconds(20));
        Sluice.run(
                config,
                () -> Deadline.after(ofSeconds(60)).named("test").run(() -> {
                    try (Listener listener = Tcp.listen("127.0.0.1:0")) {
                        Connection warm = Tcp.connect(listener.address().place()); // loads classes, which open files
                        listener.accept().close();
                        warm.close();
                    }
                    int before = descriptors();
                    body.run();
                    if (backend() == Backend.NIO) { // a selector keeps what was closed until it next looks
                        ServingContract.until(() -> descriptors() <= before);
                    }
                    assertThat(descriptors()).as("open descriptors").isLessThanOrEqualTo(before);
                }));
    }

    private static int descriptors() {
        return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
    }

    /// Reads frames and answers each with its first byte.
    private static void frames(Connection connection) throws IOException {
        ByteReader reader = ByteReader.over(connection);
        while (true) {
            byte[] frame = reader.readExactly(FRAME);
            connection.write(new byte[] {frame[0]});
        }
    }

    private static void checked(Connection honest, int number) throws IOException {
        byte[] frame = new byte[FRAME];
        frame[0] = (byte) number;
        honest.write(frame);
        byte[] answer = new byte[1];
        assertThat(honest.read(answer, 0, 1)).isEqualTo(1);
        assertThat(answer[0]).isEqualTo((byte) number);
    }

    @Test
    void aResetAtEachByteOfAFrameTouchesNobodyElse() throws Exception {
        run(() -> {
            try (Listener listener = Tcp.listen("127.0.0.1:0");
                    var group = TaskGroup.open()) {
                group.start("server", () -> listener.serve(HostileContract::frames));
                Connection honest = Tcp.connect(listener.address().place());
                for (int bytes = 0; bytes <= FRAME; bytes++) {
                    Connection hostile = Tcp.connect(listener.address().place());
                    hostile.write(new byte[bytes]);
                    if (bytes == FRAME) {
                        assertThat(hostile.read(new byte[9], 0, 9)).isEqualTo(1);
                    }
                    hostile.abort();
                    checked(honest, bytes);
                }
                while (listener.statistics().failed() < FRAME + 1) {
                    Sluice.sleep(ofMillis(1));
                }
                assertThat(listener.statistics().open()).isEqualTo(1);
                honest.close();
                listener.close();
                group.join();
            }
        });
    }

    @Test
    void slowPeersHoldUpNobody() throws Exception {
        run(() -> {
            try (Listener listener = Tcp.listen("127.0.0.1:0");
                    var group = TaskGroup.open()) {
                group.start("server", () -> listener.serve(HostileContract::frames));
                List<Connection> slow = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    slow.add(Tcp.connect(listener.address().place()));
                }
                Connection silent = Tcp.connect(listener.address().place());
                Connection honest = Tcp.connect(listener.address().place());
                for (int round = 0; round < FRAME; round++) {
                    for (Connection one : slow) {
                        one.write(new byte[] {(byte) 7}); // a byte, then the others' turn
                    }
                    checked(honest, round);
                }
                for (Connection one : slow) {
                    byte[] answer = new byte[1];
                    assertThat(one.read(answer, 0, 1)).isEqualTo(1);
                    assertThat(answer[0]).isEqualTo((byte) 7);
                    one.close();
                }
                assertThat(Deadline.after(ofMillis(5)).tryRun(() -> silent.read(new byte[1], 0, 1)))
                        .as("a half-open peer says nothing")
                        .isFalse();
                checked(silent, 3);
                silent.close();
                honest.close();
                listener.close();
                group.join();
            }
        });
    }

    @Test
    void connectsThatAreCancelledAtAnyMomentLeaveNothingBehind() throws Exception {
        run(() -> {
            var random = new SplittableRandom(1);
            try (Listener listener = Tcp.listen("127.0.0.1:0");
                    var group = TaskGroup.open()) {
                group.start("server", () -> listener.serve(connection -> connection.transferTo(connection)));
                int made = 0;
                for (int i = 0; i < 400; i++) {
                    List<Connection> connected = new ArrayList<>(1);
                    Deadline.after(ofNanos(random.nextInt(300_000)))
                            .tryRun(() ->
                                    connected.add(Tcp.connect(listener.address().place())));
                    for (Connection connection : connected) {
                        made++;
                        assertThat(ServingContract.ask(connection, "hello")).isEqualTo("hello");
                        connection.close();
                    }
                }
                assertThat(made).as("connections made").isBetween(1, 400);
                listener.close();
                group.join();
            }
        });
    }

    @Test
    void acceptsThatAreCancelledAtAnyMomentLoseNoConnection() throws Exception {
        run(() -> {
            var random = new SplittableRandom(2);
            int count = 200;
            try (Listener listener = Tcp.listen("127.0.0.1:0");
                    var group = TaskGroup.open()) {
                Task<?> clients = group.start("clients", () -> {
                    for (int i = 0; i < count; i++) {
                        try (Connection connection =
                                Tcp.connect(listener.address().place())) {
                            assertThat(connection.read(new byte[9], 0, 9)).isEqualTo(1);
                        }
                    }
                });
                int accepted = 0;
                while (accepted < count) {
                    List<Connection> one = new ArrayList<>(1);
                    Deadline.after(ofNanos(random.nextInt(200_000))).tryRun(() -> one.add(listener.accept()));
                    for (Connection connection : one) {
                        accepted++;
                        connection.write(new byte[1]);
                        connection.close();
                    }
                }
                clients.get();
                group.join();
            }
        });
    }

    @Test
    void closesThatAreCancelledAtAnyMomentCloseAllTheSame() throws Exception {
        run(() -> {
            var random = new SplittableRandom(3);
            try (Listener listener = Tcp.listen("127.0.0.1:0")) {
                for (int i = 0; i < 200; i++) {
                    Connection near = Tcp.connect(listener.address().place());
                    Connection far = listener.accept();
                    byte[] much = new byte[random.nextInt(200_000)];
                    Deadline.after(ofNanos(random.nextInt(500_000))).tryRun(() -> {
                        near.write(much);
                        near.close();
                    });
                    near.abort(); // nothing to do, or the rest of it
                    far.abort();
                }
            }
        });
    }

    @Test
    void aServerThatIsCancelledEndsAllItServes() throws Exception {
        run(() -> {
            for (int i = 0; i < 20; i++) {
                try (Listener listener = Tcp.listen("127.0.0.1:0");
                        var group = TaskGroup.open()) {
                    Task<?> server = group.start("server", () -> listener.serve(c -> c.transferTo(c)));
                    List<Connection> clients = new ArrayList<>();
                    for (int client = 0; client < 10; client++) {
                        clients.add(Tcp.connect(listener.address().place()));
                    }
                    server.cancel("enough");
                    for (Connection client : clients) {
                        client.abort();
                    }
                    try {
                        server.get();
                    } catch (CancelledException expected) {
                        assertThat(expected).hasMessageContaining("enough");
                    }
                    group.join();
                }
            }
        });
    }

    @Test
    void thousandsComeAndGo() throws Exception {
        run(() -> {
            try (Listener listener = Tcp.listen("127.0.0.1:0");
                    var group = TaskGroup.open()) {
                group.start("server", () -> listener.serve(connection -> connection.transferTo(connection)));
                for (int client = 0; client < 8; client++) {
                    group.start("client " + client, () -> {
                        for (int i = 0; i < 250; i++) {
                            try (Connection connection =
                                    Tcp.connect(listener.address().place())) {
                                assertThat(ServingContract.ask(connection, "hello"))
                                        .isEqualTo("hello");
                            }
                        }
                    });
                }
                while (listener.statistics().accepted() < 2_000
                        || listener.statistics().open() > 0) {
                    Sluice.sleep(ofMillis(2));
                }
                listener.close();
                group.join();
                assertThat(listener.statistics().failed()).isZero();
            }
        });
    }
}
