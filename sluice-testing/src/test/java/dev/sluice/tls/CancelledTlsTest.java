package dev.sluice.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.layer.Stack;
import dev.sluice.loop.Backend;
import dev.sluice.net.CancelSweep;
import dev.sluice.net.Connection;
import dev.sluice.net.NetException;
import dev.sluice.net.OnEachBackend;
import dev.sluice.net.SweptTransfer;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;

/// TLS over real sockets, cancelled at each suspension: a transfer can go on, a handshake closes its
/// connection, and its peer is not left waiting.
@Tag("needs-opens") // counts the steps of a loop
class CancelledTlsTest {
    private static final TlsContext CLIENT = Certificates.client();
    private static final TlsContext SERVER = Certificates.server();

    @OnEachBackend
    void readsAndWrites(Backend backend) throws Exception {
        int cancelled = CancelSweep.everywhere(
                backend,
                () -> {
                    SweptTransfer plain = SweptTransfer.overTcp();
                    Certificates.Pair pair = Certificates.shake(CLIENT, plain.near(), SERVER, plain.far());
                    return new SweptTransfer(pair.client(), pair.server());
                },
                SweptTransfer::both,
                SweptTransfer::rest);
        assertThat(cancelled).isGreaterThan(5);
    }

    /// A reader that needs several reads for a record, while somebody writes little.
    private static final class Talk {
        private static final int RECORD = 16_000;

        private final SweptTransfer plain = SweptTransfer.overTcp();
        private final Certificates.Pair ends = Certificates.shake(CLIENT, plain.near(), SERVER, plain.far());
        private final ByteBuffer heard = ByteBuffer.allocate(RECORD);
        private int said;
        private boolean answered;

        Talk() throws IOException {}

        void work() throws IOException {
            TaskGroup.<IOException>run(group -> {
                group.start("say", () -> {
                    for (int i = 0; i < 20; i++) {
                        say();
                        say(); // a second one is gathered
                        Sluice.yield();
                    }
                });
                group.start("answer", this::answer);
                hear();
            });
        }

        private void say() throws IOException {
            ByteBuffer one = ByteBuffer.wrap(new byte[] {(byte) said});
            try {
                ends.client().write(one);
            } finally {
                said += one.position(); // a cancelled write may have taken it
            }
        }

        private void answer() throws IOException {
            if (!answered) {
                byte[] record = new byte[RECORD];
                Arrays.fill(record, (byte) 7);
                ends.server().write(record); // gathered: all or nothing
                answered = true;
            }
        }

        private void hear() throws IOException {
            while (heard.hasRemaining()) {
                assertThat(ends.client().read(heard)).isPositive();
            }
        }

        void rest() throws IOException {
            TaskGroup.<IOException>run(group -> {
                group.start("answer", () -> {
                    answer();
                    ends.server().closeOutput();
                });
                group.start("hear what was said", () -> {
                    ByteBuffer all = ByteBuffer.allocate(said + 1);
                    while (ends.server().read(all) > 0) {}
                    assertThat(all.flip().remaining()).isEqualTo(said);
                    for (int i = 0; i < said; i++) {
                        assertThat(all.get(i)).isEqualTo((byte) i);
                    }
                });
                ends.client().closeOutput();
                hear();
                assertThat(ends.client().read(ByteBuffer.allocate(1))).isEqualTo(-1);
            });
            ends.client().close();
            ends.server().close();
            for (int i = 0; i < RECORD; i++) {
                assertThat(heard.get(i)).isEqualTo((byte) 7);
            }
        }
    }

    @OnEachBackend
    void aReaderThatSendsWhatOthersGathered(Backend backend) throws Exception {
        int cancelled = CancelSweep.everywhere(backend, Talk::new, Talk::work, Talk::rest);
        assertThat(cancelled).isGreaterThan(20);
    }

    /// Two ends that say something in clear, and shake hands.
    private static final class Upgrade {
        private final SweptTransfer plain = SweptTransfer.overTcp();
        private @Nullable Stack client;
        private @Nullable Stack server;

        Upgrade() throws IOException {}

        private static void say(Connection from, Connection to, String text) throws IOException {
            from.write(text.getBytes(StandardCharsets.UTF_8));
            byte[] heard = new byte[text.length()];
            assertThat(to.read(heard, 0, heard.length)).isEqualTo(heard.length);
            assertThat(heard).asString().isEqualTo(text);
        }

        void work() throws IOException {
            TaskGroup.<IOException>run(group -> {
                group.start("server", () -> server = Stack.over(plain.far()).tls(SERVER));
                client = Stack.over(plain.near()).tls(CLIENT, "localhost");
            });
        }

        /// Who has shaken hands is connected, who has not is closed.
        void rest() throws IOException {
            if (client != null && server != null) {
                say(client, server, "secret");
                say(server, client, "agreed");
            }
            for (Connection end :
                    new Connection[] {client == null ? plain.near() : client, server == null ? plain.far() : server}) {
                if (end == plain.near() || end == plain.far()) {
                    assertThatThrownBy(() -> end.read(new byte[1], 0, 1))
                            .isInstanceOf(NetException.class)
                            .hasMessageContaining("closed");
                }
                end.abort();
            }
        }
    }

    @OnEachBackend
    void handshakesAtBothEnds(Backend backend) throws Exception {
        int cancelled = CancelSweep.everywhere(
                backend,
                () -> {
                    Upgrade upgrade = new Upgrade();
                    Upgrade.say(upgrade.plain.near(), upgrade.plain.far(), "STARTTLS\n");
                    return upgrade;
                },
                Upgrade::work,
                Upgrade::rest);
        assertThat(cancelled).isGreaterThan(5);
    }

    /// A server that is not cancelled, for a client that is, or the other way round.
    private static final class Half {
        private final SweptTransfer plain = SweptTransfer.overTcp();
        private final TaskGroup<Object, Void> group = TaskGroup.open();
        private @Nullable Connection other;
        private @Nullable Connection cut;

        Half(boolean client) throws IOException {
            group.start("the other end", () -> {
                try {
                    other = client ? SERVER.accept(plain.far()) : CLIENT.connect(plain.near(), "localhost");
                } catch (NetException gone) {
                    assertThat(gone).hasMessageContaining(plain.near().local().place()); // says who
                }
            });
        }

        void connect() throws IOException {
            cut = CLIENT.connect(plain.near(), "localhost");
        }

        void accept() throws IOException {
            cut = SERVER.accept(plain.far());
        }

        void rest() {
            group.join(); // ends: the other one is told, or through
            group.close();
            assertThat(cut != null && other == null)
                    .as("a handshake at one end only")
                    .isFalse();
            for (Connection end : new Connection[] {other, cut, plain.near(), plain.far()}) {
                if (end != null) {
                    end.abort();
                }
            }
        }
    }

    @OnEachBackend
    void handshakesOfTheClient(Backend backend) throws Exception {
        int cancelled = CancelSweep.everywhere(backend, () -> new Half(true), Half::connect, Half::rest);
        assertThat(cancelled).isGreaterThan(2);
    }

    @OnEachBackend
    void handshakesOfTheServer(Backend backend) throws Exception {
        int cancelled = CancelSweep.everywhere(backend, () -> new Half(false), Half::accept, Half::rest);
        assertThat(cancelled).isGreaterThan(2);
    }
}
