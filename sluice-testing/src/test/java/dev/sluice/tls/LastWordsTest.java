package dev.sluice.tls;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.loop.Backend;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import dev.sluice.net.Memory;
import dev.sluice.net.NetException;
import dev.sluice.net.OnEachBackend;
import dev.sluice.net.Tcp;
import dev.sluice.task.Deadline;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Tag;

/// What a close tells: of bytes that were written and are lost, and not of a goodbye that nobody is there to hear.
@Tag("needs-opens") // a loop that is not confined gathers nothing
class LastWordsTest {
    private interface Body {
        void run(Certificates.Pair ends, Connection near, Connection far) throws Exception;
    }

    private static void overTcp(Backend backend, Body body) throws Exception {
        LoopsConfig config = LoopsConfig.defaults().withBackend(backend).withStallLimit(ofSeconds(20));
        Sluice.run(config, () -> {
            try (Listener listener = Tcp.listen("127.0.0.1:0")) {
                Connection near = Tcp.connect(listener.address().place());
                Connection far = listener.accept();
                body.run(Certificates.shake(Certificates.client(), near, Certificates.server(), far), near, far);
            }
        });
    }

    private static void require(Throwable failure) {
        assertThat(failure).isInstanceOfSatisfying(NetException.class, told -> {
            assertThat(told.operation()).isEqualTo("close");
            assertThat(told.isPeerGone()).as(told.getMessage()).isTrue();
        });
    }

    @OnEachBackend
    void aGoodbyeToNobodyIsNoLoss(Backend backend) throws Exception {
        overTcp(backend, (ends, near, far) -> {
            ends.server().write(new byte[] {1});
            assertThat(ends.client().read(ByteBuffer.allocate(9))).isEqualTo(1);
            near.abort();
            ends.server().close();
            assertThatThrownBy(() -> ends.server().write(new byte[1])).hasMessageContaining("closed");
        });
    }

    @OnEachBackend
    void bytesThatAreLostAreTold(Backend backend) throws Exception {
        overTcp(backend, (ends, near, far) -> {
            ByteBuffer much = ByteBuffer.allocate(64 << 20);
            assertThat(Deadline.after(ofSeconds(1)).tryRun(() -> ends.server().write(much)))
                    .isFalse(); // nobody reads, and it was not told
            near.abort();
            assertThatThrownBy(ends.server()::close).satisfies(LastWordsTest::require);
            ends.server().close();
        });
    }

    /// Lets the loop look at its sockets.
    private static void pass() {
        for (int i = 0; i < 1_000; i++) {
            Sluice.yield();
        }
    }

    @OnEachBackend
    void bytesThatAreLostBelowAreTold(Backend backend) throws Exception {
        overTcp(backend, (ends, near, far) -> {
            do { // nobody reads: at last the system takes no more
                ends.server().write(new byte[16_000]);
                pass();
            } while (far.statistics().bytesPending() == 0);
            long pending = far.statistics().bytesPending();
            assertThat(ends.server().statistics().bytesPending())
                    .as("all is encrypted")
                    .isEqualTo(pending);
            near.abort();
            pass();
            assertThat(far.statistics().bytesPending())
                    .as("what was dropped stays to be seen")
                    .isEqualTo(pending);
            assertThatThrownBy(ends.server()::close).satisfies(LastWordsTest::require);
        });
    }

    @Simulated(seeds = 5)
    void whatWasGatheredAndIsLostIsTold(Simulation simulation) throws Exception {
        Memory.Pair below = Memory.pair("test");
        var ends = Certificates.shake(Certificates.client(), below.near(), Certificates.server(), below.far());
        below.far().abort();
        ends.client().write(new byte[] {1});
        assertThatThrownBy(ends.client()::close).satisfies(LastWordsTest::require);
        ends.server().abort();
    }

    @Simulated(seeds = 5)
    void aClientThatHasReadNothingClosesBesideAPeerThatHasGone(Simulation simulation) throws Exception {
        Memory.Pair below = Memory.pair("test");
        var ends = Certificates.shake(Certificates.client(), below.near(), Certificates.server(), below.far());
        below.far().abort();
        ends.client().close();
        ends.server().abort();
    }
}
