package dev.sluice.net;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.Channel;
import dev.sluice.internal.testkit.Leaks;
import dev.sluice.internal.testkit.Patience;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.loop.Backend;
import dev.sluice.loop.Loops;
import dev.sluice.task.Deadline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Whether an open connection looks like work that goes on by itself, which hides that all others are stuck.
@ExtendWith(Leaks.class)
class SignOfLifeTest {
    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL"})
    void aConnectionThatNobodyReadsIsNoSignOfLife(Backend backend) {
        Channel<Integer> next = Channel.<Integer>rendezvous().named("next");
        try (Loops loops = Loops.open(TestLoops.config().withCount(1).withBackend(backend))) {
            loops.loop(0).execute(() -> converse(next));
            next.send(1);
            Patience.until(
                    "it waits for us, beside a receive that stands",
                    () -> loops.waitGraph().quiet());
            next.send(2); // now it reads and nothing comes; then the reader is cancelled
            Patience.until("it waits for us again", () -> loops.waitGraph().quiet());
            next.send(3);
            Patience.until(
                    "it reads",
                    () -> loops.waitGraph().waits().stream()
                            .anyMatch(wait -> wait.waitsFor().startsWith("tcp ")));
            for (int i = 0; i < 100; i++) {
                assertThat(loops.waitGraph().quiet())
                        .as("the peer may say something")
                        .isFalse();
            }
        }
    }

    private static void converse(Channel<Integer> next) {
        assertThat(next.receive()).isEqualTo(1);
        try (Listener listener = Tcp.listen("127.0.0.1:0");
                Connection near = Tcp.connect(listener.address().place());
                Connection far = listener.accept()) {
            converse(next, near, far);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void converse(Channel<Integer> next, Connection near, Connection far) throws IOException {
        far.write(new byte[] {1});
        assertThat(near.read(ByteBuffer.allocate(1))).isEqualTo(1); // a receive stands from here on
        assertThat(next.receive()).isEqualTo(2);
        assertThat(Deadline.after(ofMillis(10)).tryRun(() -> near.read(ByteBuffer.allocate(1))))
                .isFalse();
        assertThat(next.receive()).isEqualTo(3);
        near.read(ByteBuffer.allocate(1)); // until it is cancelled
    }
}
