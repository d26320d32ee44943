package dev.sluice.tls;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.internal.io.LoopCalls;
import dev.sluice.internal.io.PromptTarget;
import dev.sluice.net.Connection;
import dev.sluice.net.Memory;
import dev.sluice.net.NetException;
import dev.sluice.task.Deadline;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import dev.sluice.tls.TlsContext.PeerCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Tag;

/// What happens between records, with engines that the test drives: new keys, a peer that negotiates again, a
/// writer beside a reader that sends.
@Tag("needs-opens")
class OwnEngineTest {
    private static final int SEEDS = 10;
    private static final int MUCH = 1 << 20;
    private static final int GATHERED = 16_000;

    /// Two ends that have shaken hands, and what makes their records.
    private record Ends(TlsStream client, SSLEngine clientEngine, TlsStream server, SSLEngine serverEngine) {
        static Ends shake(String protocol, Connection near, Connection far) throws IOException {
            SSLEngine ofClient = engine(List.of(), protocol);
            ofClient.setUseClientMode(true);
            SSLEngine ofServer = engine(List.of(Certificates.identity("server")), protocol);
            ofServer.setUseClientMode(false);
            var client = new TlsStream(near, ofClient, LoopCalls.currentLoop("test"));
            var server = new TlsStream(far, ofServer, LoopCalls.currentLoop("test"));
            TaskGroup.<IOException>run(group -> {
                group.start("server", () -> server.handshake(ofSeconds(10)));
                client.handshake(ofSeconds(10));
            });
            return new Ends(client, ofClient, server, ofServer);
        }

        private static SSLEngine engine(List<TlsIdentity> identities, String protocol) {
            SSLEngine engine =
                    Engines.context(identities, List.of(), PeerCheck.NONE).createSSLEngine();
            engine.setEnabledProtocols(new String[] {protocol});
            return engine;
        }

        /// Writes until there is no room for another record: below, where one sends, and where others encrypt.
        ///
        /// @return how much
        static int fill(TlsStream from) throws IOException {
            ByteBuffer much = ByteBuffer.allocate(MUCH);
            for (int i = 0; i < 2; i++) {
                assertThat(Deadline.after(ofSeconds(1)).tryRun(() -> from.write(much)))
                        .isFalse();
            }
            return much.position();
        }

        void abort() {
            client.abort();
            server.abort();
        }
    }

    /// Writes, and has it sent.
    private static void say(TlsStream to, int what) throws IOException {
        to.write(new byte[] {(byte) what});
        Sluice.sleep(ofSeconds(1));
    }

    private static byte hear(TlsStream from) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(9);
        assertThat(from.read(one)).isEqualTo(1);
        return one.get(0);
    }

    private static void skip(TlsStream from, int count) throws IOException {
        for (ByteBuffer rest = ByteBuffer.allocate(count); rest.hasRemaining(); ) {
            assertThat(from.read(rest)).isPositive();
        }
    }

    @Simulated(seeds = SEEDS)
    void whatCameBeforeNewKeysThatCannotBeSentYetIsRead(Simulation simulation) throws Exception {
        Memory.Pair below = Memory.pair("test");
        Ends ends = Ends.shake(TlsContext.TLS_1_3, below.near(), below.far());
        int stuck = Ends.fill(ends.server);
        say(ends.client, 1);
        ends.clientEngine.beginHandshake(); // new keys, and the server is asked for its own
        say(ends.client, 2);
        byte[] heard = new byte[1];
        assertThat(Deadline.after(ofSeconds(1)).tryRun(() -> heard[0] = hear(ends.server)))
                .as("a read that has something")
                .isTrue();
        assertThat(heard[0]).isEqualTo((byte) 1);
        ByteBuffer none = ByteBuffer.allocate(9);
        assertThat(Deadline.after(ofSeconds(1)).tryRun(() -> ends.server.read(none)))
                .as("a read before the keys have found room")
                .isFalse();
        assertThat(none.position()).isZero();
        TaskGroup.<IOException>run(group -> {
            group.start("make room", () -> skip(ends.client, stuck));
            assertThat(hear(ends.server)).isEqualTo((byte) 2);
        });
        say(ends.server, 3);
        assertThat(hear(ends.client)).isEqualTo((byte) 3);
        ends.client.close();
        ends.server.close();
    }

    /// A server that asks for another handshake (RFC 5246, 7.4.1.1), right behind something else.
    private static void sayAndNegotiateAgain(Ends ends, Connection far) throws IOException {
        ByteBuffer records = Packets.take();
        ends.serverEngine.wrap(ByteBuffer.wrap(new byte[] {1}), records);
        ends.serverEngine.beginHandshake();
        ends.serverEngine.wrap(ByteBuffer.allocate(0), records);
        far.write(records.flip());
    }

    private static void assertRefused(Throwable failure) {
        assertThat(failure)
                .isInstanceOfSatisfying(
                        TlsException.class,
                        told -> assertThat(told.problem()).isEqualTo(TlsException.Problem.NO_AGREEMENT));
    }

    @Simulated(seeds = SEEDS)
    void whatCameBeforeAPeerNegotiatesAgainIsRead(Simulation simulation) throws Exception {
        Memory.Pair below = Memory.pair("test");
        Ends ends = Ends.shake(TlsContext.TLS_1_2, below.near(), below.far());
        sayAndNegotiateAgain(ends, below.far());
        assertThat(hear(ends.client)).isEqualTo((byte) 1);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> hear(ends.client)).satisfies(OwnEngineTest::assertRefused);
        }
        ends.abort();
    }

    /// Notes whether the other end of TLS can be looked at while it is aborted.
    private static final class Abortable extends Below {
        private final TaskGroup<Object, Void> group;
        private Runnable look = () -> {};
        private int aborts;
        private boolean held;

        Abortable(Connection lower, TaskGroup<Object, Void> group) {
            super(lower);
            this.group = group;
        }

        @Override
        public void abort() {
            aborts++;
            Task<?> looking = group.start("look", look::run);
            held |= !Deadline.after(ofSeconds(1)).tryRun(looking::get);
            super.abort();
        }
    }

    @Simulated(seeds = SEEDS)
    void aWriterThatMeetsAPeerWhoNegotiatesAgainHoldsUpNobody(Simulation simulation) throws Exception {
        Memory.Pair below = Memory.pair("test");
        TaskGroup.run(group -> {
            var near = new Abortable(below.near(), group);
            Ends ends = Ends.shake(TlsContext.TLS_1_2, near, below.far());
            near.look = ends.client::statistics;
            sayAndNegotiateAgain(ends, below.far());
            assertThat(hear(ends.client)).isEqualTo((byte) 1);
            assertThatThrownBy(() -> ends.client.write(new byte[1])).satisfies(OwnEngineTest::assertRefused);
            assertThat(near.aborts).isPositive();
            assertThat(near.held).as("the lock was held over an abort").isFalse();
            ends.abort();
        });
    }

    @Simulated(seeds = SEEDS)
    void nothingIsGatheredBehindTheEnd(Simulation simulation) throws Exception {
        Memory.Pair below = Memory.pair("test");
        Ends ends = Ends.shake(TlsContext.TLS_1_3, below.near(), below.far());
        var out = new Outgoing(ends.client, below.near(), ends.clientEngine);
        out.write(ByteBuffer.wrap(new byte[] {1}));
        out.end(false);
        for (int count : new int[] {1, 2 * Packets.CONTENT_BYTES}) {
            ByteBuffer late = ByteBuffer.allocate(count);
            assertThatThrownBy(() -> out.write(late))
                    .isInstanceOf(NetException.class)
                    .hasMessageContaining("closed");
            assertThat(late.position()).isZero();
        }
        assertThat(out.pending()).isZero();
        assertThat(hear(ends.server)).isEqualTo((byte) 1);
        assertThat(ends.server.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        ends.abort();
    }

    /// Knows its room, as sockets do; and runs something once, before it takes what is written.
    private static final class Prompt extends Below implements PromptTarget {
        private static final int ROOM = 1 << 16; // of a connection of memory

        private Runnable meanwhile = () -> {};

        Prompt(Connection lower) {
            super(lower);
        }

        @Override
        public boolean takesAtOnce(int bytes) {
            return statistics().bytesPending() + bytes <= ROOM;
        }

        @Override
        public void write(ByteBuffer from) throws IOException {
            Runnable once = meanwhile;
            meanwhile = () -> {};
            once.run();
            super.write(from);
        }
    }

    @Simulated(seeds = SEEDS)
    void aReaderThatSendsDoesNotWaitForRoom(Simulation simulation) throws Exception {
        Memory.Pair below = Memory.pair("test");
        var near = new Prompt(below.near());
        Ends ends = Ends.shake(TlsContext.TLS_1_3, near, below.far());
        say(ends.server, 1);
        assertThat(hear(ends.client)).isEqualTo((byte) 1); // after the tickets of the server
        int before = Prompt.ROOM - Packets.BYTES - 1_000;
        ends.client.write(new byte[before]);
        Sluice.sleep(ofSeconds(1));
        TaskGroup.<IOException>run(group -> {
            near.meanwhile = () -> {
                group.start("much", () -> ends.client.write(ByteBuffer.allocate(MUCH)));
                while (ends.client.statistics().bytesWritten() == before + GATHERED) {
                    Sluice.yield();
                }
            };
            group.start("answer", () -> {
                Sluice.sleep(ofSeconds(1));
                say(ends.server, 4);
            });
            ends.client.write(new byte[GATHERED]); // which the reader sends
            byte[] heard = new byte[1];
            assertThat(Deadline.after(ofSeconds(10)).tryRun(() -> heard[0] = hear(ends.client)))
                    .as("a reader beside a writer that waits")
                    .isTrue();
            assertThat(heard[0]).isEqualTo((byte) 4);
            skip(ends.server, before + GATHERED + MUCH);
        });
        ends.client.close();
        ends.server.close();
    }
}
