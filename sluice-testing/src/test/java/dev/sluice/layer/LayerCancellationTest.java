package dev.sluice.layer;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.net.Connection;
import dev.sluice.net.Memory;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Cancellations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Sending and receiving through layers, cancelled at each suspension: what was sent arrives, whole and in
/// order.
@Tag("needs-opens")
class LayerCancellationTest {
    private static final int MESSAGES = 6;
    private static final int LENGTH = 30_000; // more than two fill a connection of memory

    /// What is between the frames and the transport.
    enum Kind {
        NOTHING,
        DEFLATE,
        FAULTS,
        BOTH;

        Frames over(Connection transport) throws IOException {
            Faults faults = Faults.seeded(1).withPieces(7_000).withDelay(ofMillis(1));
            Stack stack = Stack.over(transport);
            return switch (this) {
                case NOTHING -> stack.frames();
                case DEFLATE -> stack.deflate().frames();
                case FAULTS -> stack.layer(faults).frames();
                case BOTH -> stack.layer(faults).deflate().frames();
            };
        }
    }

    private static final class Talk {
        final Frames near;
        final Frames far;
        final List<byte[]> sent = new ArrayList<>();
        final List<byte[]> received = new ArrayList<>();

        Talk(Kind kind) {
            Memory.Pair pair = Memory.pair("test");
            try {
                near = kind.over(pair.near());
                far = kind.over(pair.far());
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        void run() throws Exception {
            try (var group = TaskGroup.open()) {
                group.start("send", this::send);
                group.start("receive", () -> receive(MESSAGES));
                group.join();
            }
        }

        private void send() throws IOException {
            while (sent.size() < MESSAGES) {
                byte[] payload = new byte[LENGTH];
                new SplittableRandom(sent.size()).nextBytes(payload);
                near.send(payload);
                sent.add(payload);
            }
        }

        private void receive(int most) throws IOException {
            while (received.size() < most) {
                var frame = far.receive();
                if (frame.isEmpty()) {
                    return;
                }
                received.add(frame.get());
            }
        }

        void check() throws Exception {
            try (var group = TaskGroup.open()) {
                group.start("end", near::closeOutput);
                receive(Integer.MAX_VALUE);
                group.join();
            }
            assertThat(received).hasSameSizeAs(sent);
            for (int i = 0; i < sent.size(); i++) {
                assertThat(received.get(i)).isEqualTo(sent.get(i));
            }
            far.close();
            near.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void noMessageIsLostOrTorn(Kind kind) throws Exception {
        int cancelled = Cancellations.atEverySuspension(() -> new Talk(kind), Talk::run, Talk::check);
        assertThat(cancelled).isGreaterThan(5);
    }
}
