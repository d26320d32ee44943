package dev.sluice.websocket;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.io.ByteReader;
import dev.sluice.net.Connection;
import dev.sluice.net.Memory;
import dev.sluice.task.Deadline;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;

/// Pings of a peer that reads late, in virtual time and in many orders.
@Tag("needs-opens")
class PongTest {
    private static final int SEEDS = 25;
    private static final int PINGS = 5_000;
    private static final int PING_BYTES = 100;
    private static final int MASK = 4711;
    private static final int PART = 1 << 12;

    private interface Body {
        void run(WebSocket server, Connection client, TaskGroup<Object, Void> group) throws Exception;
    }

    /// A server, and a client of which the test makes the frames.
    private static void connected(Body body) throws Exception {
        Memory.Pair pair = Memory.pair("test");
        TaskGroup.run(group -> {
            Task<WebSocket> accepting = group.start("accept", () -> WebSocket.accept(pair.far()));
            WebSocket.connect(pair.near(), "localhost", "/");
            body.run(accepting.get(), pair.near(), group);
            pair.near().abort();
        });
    }

    private static byte[] mark(int number) {
        return ByteBuffer.allocate(PING_BYTES).putInt(number).array();
    }

    private static void ping(Connection client, int from, int to) throws IOException {
        for (int i = from; i < to; i++) {
            client.write(Frame.of(Frame.PING, mark(i), MASK));
        }
    }

    private static void say(Connection client, String text) throws IOException {
        client.write(Frame.of(Frame.TEXT, text.getBytes(StandardCharsets.UTF_8), MASK));
    }

    /// Reads the answers up to the one to a ping.
    ///
    /// @return to which pings they are
    private static List<Integer> answers(ByteReader bytes, int last) throws IOException {
        List<Integer> all = new ArrayList<>();
        while (all.isEmpty() || all.getLast() != last) {
            assertThat(bytes.readExactly(2)).containsExactly(0x80 | Frame.PONG, PING_BYTES);
            all.add(ByteBuffer.wrap(bytes.readExactly(PING_BYTES)).getInt());
        }
        return all;
    }

    @Simulated(seeds = SEEDS)
    void aPeerThatAsksAndDoesNotReadIsReceivedFrom(Simulation simulation) throws Exception {
        connected((server, client, group) -> {
            group.start("ask", () -> {
                ping(client, 0, PINGS);
                say(client, "still here");
            });
            List<Optional<Message>> came = new ArrayList<>();
            assertThat(Deadline.after(ofSeconds(10)).tryRun(() -> came.add(server.receive())))
                    .as("a receive behind pings whose answers nobody reads")
                    .isTrue();
            assertThat(came).containsExactly(Optional.of(new Message.Text("still here")));
            Sluice.sleep(ofSeconds(1));
            assertThat(answers(ByteReader.over(client), PINGS - 1))
                    .hasSizeLessThan(PINGS)
                    .isSorted()
                    .doesNotHaveDuplicates();
            Task<?> receiving = group.start("receive", server::receive);
            ping(client, PINGS, PINGS + 1); // it is answered as ever
            assertThat(answers(ByteReader.over(client), PINGS)).containsExactly(PINGS);
            say(client, "the end");
            receiving.get();
        });
    }

    @Simulated(seeds = SEEDS)
    void whoReadsIsAnsweredEachPing(Simulation simulation) throws Exception {
        connected((server, client, group) -> {
            Task<?> receiving = group.start("receive", server::receive);
            for (int i = 0; i < 100; i++) {
                ping(client, i, i + 1);
                assertThat(answers(ByteReader.over(client), i)).containsExactly(i);
            }
            say(client, "the end");
            receiving.get();
        });
    }

    @Simulated(seeds = SEEDS)
    void answersDoNotTearMessages(Simulation simulation) throws Exception {
        connected((server, client, group) -> {
            byte[] much = new byte[1 << 17];
            group.start("send", () -> server.send(much));
            Task<?> receiving = group.start("receive", server::receive);
            Sluice.sleep(ofSeconds(1)); // it waits in the middle of the message
            ping(client, 0, 10);
            Sluice.sleep(ofSeconds(1));
            ByteReader bytes = ByteReader.over(client);
            assertThat(bytes.readExactly(2)).containsExactly(0x80 | Frame.BINARY, Frame.LONG_LENGTH);
            assertThat(bytes.readExactly(Long.BYTES)).endsWith(much.length >> 16, 0, 0);
            for (int i = 0; i < much.length; i += PART) {
                assertThat(bytes.readExactly(PART)).containsOnly(0);
            }
            assertThat(answers(bytes, 9)).containsExactly(9);
            say(client, "the end");
            receiving.get();
        });
    }
}
