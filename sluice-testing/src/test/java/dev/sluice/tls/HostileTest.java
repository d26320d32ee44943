package dev.sluice.tls;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.net.Connection;
import dev.sluice.net.Memory;
import dev.sluice.net.NetException;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import dev.sluice.tls.TlsException.Problem;
import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Somebody between the two ends, or a peer that means no good.
class HostileTest {
    private static void run(Action<?> body) throws Exception {
        LoopsConfig config = LoopsConfig.defaults().withStallLimit(ofSeconds(20));
        Sluice.run(config, () -> Deadline.after(ofSeconds(60)).named("test").run(body));
    }

    /// What somebody between does with the bytes of one direction: `count` of them, `passed` have passed
    /// before.
    private interface Meddling {
        /// @return how many go on
        int pass(byte[] bytes, int count, long passed);
    }

    private static final Meddling NONE = (bytes, count, passed) -> count;

    /// Two ends that have shaken hands, with somebody between them.
    private record Between(TlsConnection client, TlsConnection server) {}

    private static Between between(TaskGroup<Object, Void> group, Meddling toServer) throws IOException {
        Memory.Pair near = Memory.pair("near");
        Memory.Pair far = Memory.pair("far");
        group.start("to server", () -> relay(near.far(), far.near(), toServer));
        group.start("to client", () -> relay(far.near(), near.far(), NONE));
        var pair = Certificates.shake(Certificates.client(), near.near(), Certificates.server(), far.far());
        return new Between(pair.client(), pair.server());
    }

    private static void relay(Connection from, Connection to, Meddling meddling) throws IOException {
        byte[] bytes = new byte[16_384];
        long passed = 0;
        try {
            for (int count; (count = from.read(bytes, 0, bytes.length)) >= 0; passed += count) {
                int goOn = meddling.pass(bytes, count, passed);
                to.write(bytes, 0, goOn);
                if (goOn < count) {
                    break;
                }
            }
            to.closeOutput();
        } catch (NetException over) {
            to.abort();
        }
    }

    @Test
    void aChangedByteIsFound() throws Exception {
        run(() -> {
            try (var group = TaskGroup.open()) {
                boolean[] on = new boolean[1];
                var ends = between(group, (bytes, count, passed) -> {
                    if (on[0]) {
                        bytes[count - 1] ^= 1;
                    }
                    return count;
                });
                ends.client().write(new byte[] {1});
                assertThat(ends.server().read(new byte[9], 0, 9)).isEqualTo(1);
                on[0] = true;
                ends.client().write(new byte[] {2});
                for (int i = 0; i < 2; i++) {
                    assertThatThrownBy(() -> ends.server().read(new byte[9], 0, 9))
                            .isInstanceOfSatisfying(
                                    TlsException.class,
                                    failure -> assertThat(failure.problem()).isEqualTo(Problem.BROKEN_RECORD));
                }
                assertThatThrownBy(() -> ends.client().read(new byte[9], 0, 9))
                        .isInstanceOfSatisfying(
                                TlsException.class,
                                failure -> assertThat(failure.problem()).isEqualTo(Problem.REFUSED_BY_PEER));
                ends.server().close();
                ends.client().close();
                group.join();
            }
        });
    }

    @Test
    void anEndThatNobodySaidIsFound() throws Exception {
        run(() -> {
            try (var group = TaskGroup.open()) {
                long[] limit = {Long.MAX_VALUE};
                var ends = between(group, (bytes, count, passed) -> limit[0] == Long.MAX_VALUE ? count : 0);
                ends.client().write(new byte[] {1});
                assertThat(ends.server().read(new byte[9], 0, 9)).isEqualTo(1);
                limit[0] = 0;
                ends.client().write(new byte[] {2});
                for (int i = 0; i < 2; i++) {
                    assertThatThrownBy(() -> ends.server().read(new byte[9], 0, 9))
                            .isInstanceOfSatisfying(
                                    TlsException.class,
                                    failure -> assertThat(failure.problem()).isEqualTo(Problem.TRUNCATED));
                }
                ends.server().abort();
                ends.client().abort();
                group.join();
            }
        });
    }

    @Test
    void handshakesEndHoweverTheirBytesAreChanged() throws Exception {
        run(() -> {
            var random = new SplittableRandom(11);
            TlsContext client = Certificates.client().withHandshakeLimit(ofSeconds(2));
            TlsContext server = Certificates.server().withHandshakeLimit(ofMillis(400));
            for (int i = 0; i < 60; i++) {
                int at = random.nextInt(600);
                int with = 1 + random.nextInt(255);
                Memory.Pair near = Memory.pair("near");
                Memory.Pair far = Memory.pair("far");
                try (var group = TaskGroup.open()) {
                    group.start(
                            "to server",
                            () -> relay(near.far(), far.near(), (bytes, count, passed) -> {
                                if (passed <= at && at < passed + count) {
                                    bytes[(int) (at - passed)] ^= (byte) with;
                                }
                                return count;
                            }));
                    group.start("to client", () -> relay(far.near(), near.far(), NONE));
                    Task<?> accepting = group.start("server", () -> shakes(() -> server.accept(far.far())));
                    shakes(() -> client.connect(near.near(), "localhost"));
                    accepting.get();
                    near.near().abort();
                    far.far().abort();
                    group.join();
                }
            }
        });
    }

    private interface Shake {
        TlsConnection shake() throws IOException;
    }

    private static void shakes(Shake body) {
        try {
            body.shake().abort();
        } catch (NetException refused) {
            assertThat(refused.getMessage()).isNotEmpty();
        } catch (IOException other) {
            throw new AssertionError(other);
        }
    }

    @Test
    void randomBytesAreRefused() throws Exception {
        run(() -> {
            var random = new SplittableRandom(12);
            TlsContext server = Certificates.server().withHandshakeLimit(ofSeconds(5));
            for (int i = 0; i < 300; i++) {
                byte[] bytes = new byte[1 + random.nextInt(400)];
                random.nextBytes(bytes);
                if (random.nextBoolean() && bytes.length > 5) {
                    bytes[0] = 22; // a handshake record
                    bytes[1] = 3;
                    bytes[2] = (byte) random.nextInt(4);
                }
                Memory.Pair pair = Memory.pair("random");
                pair.near().write(bytes);
                pair.near().closeOutput();
                assertThatThrownBy(() -> server.accept(pair.far())).isInstanceOf(TlsException.class);
                pair.near().abort();
            }
        });
    }

    @Test
    void singleBytesAreEnough() throws Exception {
        run(() -> {
            Memory.Pair near = Memory.pair("near");
            Memory.Pair far = Memory.pair("far");
            try (var group = TaskGroup.open()) {
                group.start("to server", () -> drip(near.far(), far.near()));
                group.start("to client", () -> drip(far.near(), near.far()));
                var pair = Certificates.shake(Certificates.client(), near.near(), Certificates.server(), far.far());
                byte[] bytes = new byte[3_000];
                new SplittableRandom(3).nextBytes(bytes);
                pair.client().write(bytes);
                pair.client().closeOutput();
                assertThat(pair.server().readAllBytes(3_000)).isEqualTo(bytes);
                pair.server().close();
                pair.client().close();
                group.join();
            }
        });
    }

    private static void drip(Connection from, Connection to) throws IOException {
        byte[] one = new byte[1];
        try {
            while (from.read(one, 0, 1) > 0) {
                to.write(one);
                Sluice.yield();
            }
            to.closeOutput();
        } catch (NetException over) {
            to.abort();
        }
    }

    @Test
    void aPeerThatDoesNotReadIsGivenNoMemory() throws Exception {
        run(() -> {
            Memory.Pair pair = Memory.pair("stuck");
            var ends = Certificates.shake(Certificates.client(), pair.near(), Certificates.server(), pair.far());
            boolean done =
                    Deadline.after(ofMillis(100)).tryRun(() -> ends.client().write(new byte[10 << 20]));
            assertThat(done).isFalse();
            assertThat(ends.client().statistics().bytesPending()).isLessThan(4L * Packets.BYTES);
            Deadline.after(ofMillis(50)).tryRun(ends.client()::close);
            ends.server().abort();
        });
    }
}
