package dev.sluice.guide;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.layer.Capture;
import dev.sluice.layer.Deflate;
import dev.sluice.layer.Faults;
import dev.sluice.layer.Frames;
import dev.sluice.layer.Framing;
import dev.sluice.layer.Layer;
import dev.sluice.layer.LayerException;
import dev.sluice.layer.Messages;
import dev.sluice.layer.ProxyProtocol;
import dev.sluice.layer.Stack;
import dev.sluice.net.Connection;
import dev.sluice.net.Memory;
import dev.sluice.net.NetException;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LayersGuideTest {
    record Order(int id, String what) {}

    private interface Body {
        void run(Connection connection, Connection peer) throws Exception;
    }

    private static void connected(Body body) throws Exception {
        Action<Exception> both = () -> {
            Memory.Pair pair = Memory.pair("guide");
            body.run(pair.near(), pair.far());
        };
        Sluice.run(both);
    }

    @Test
    void stacksAreBuiltFromTheBottomUp() throws Exception {
        connected((connection, peer) -> {
            Stack.over(peer).deflate().frames().cbor(Order.class).send(new Order(7, "tea"));
            Order order = new Order(6, "coffee");
            // tag::stack
            Messages<Order> orders = Stack.over(connection).deflate().frames().cbor(Order.class);
            orders.send(order);
            Optional<Order> reply = orders.receive(); // empty at the end
            IO.println(orders.describe());
            // end::stack
            assertThat(reply).contains(new Order(7, "tea"));
        });
    }

    @Test
    void framesKeepBoundaries() throws Exception {
        connected((connection, peer) -> {
            Framing same = Framing.varint().withLimit(65_536);
            Frames other = Stack.over(peer).frames(same);
            other.send("one".getBytes(UTF_8));
            other.send("two".getBytes(UTF_8));
            // tag::frames
            Framing framing = Framing.varint().withLimit(65_536); // a longer frame is an error, on both sides
            Frames frames = Stack.over(connection).frames(framing);
            frames.send("hello".getBytes(UTF_8));
            Optional<byte[]> frame = frames.receive(); // an array of your own, empty at the end
            ByteBuffer buffer = ByteBuffer.allocate(65_536);
            int length = frames.receive(buffer); // or your buffer, -1 at the end
            // end::frames
            assertThat(frame).hasValueSatisfying(bytes -> assertThat(bytes).isEqualTo("one".getBytes(UTF_8)));
            assertThat(length).isEqualTo(3);
        });
    }

    @Test
    void linesAreMessages() throws Exception {
        connected((connection, peer) -> {
            peer.write("yes\r\nno\n".getBytes(UTF_8));
            peer.closeOutput();
            // tag::lines
            Messages<String> lines = Stack.over(connection).lines();
            lines.send("any questions?");
            for (String line : lines) { // to the end
                IO.println(line);
            }
            // end::lines
            assertThat(lines.receive()).isEmpty();
        });
    }

    @Test
    void receivesTimeOut() throws Exception {
        connected((connection, peer) -> {
            Messages<String> messages = Stack.over(connection).lines();
            // tag::deadline
            String[] answer = {"nothing yet"};
            Deadline.after(ofMillis(20))
                    .tryRun(() -> answer[0] = messages.receive().orElse("the end"));
            messages.send("are you there?"); // the connection is as it was, half a message that came included
            // end::deadline
            assertThat(answer[0]).isEqualTo("nothing yet");
            peer.close();
        });
    }

    @Test
    void hostilePeersAreNamed() throws Exception {
        connected((connection, peer) -> {
            peer.write(new byte[] {-1, -1, -1, -1});
            Frames frames = Stack.over(connection).frames();
            // tag::hostile
            try {
                frames.receive();
            } catch (LayerException refused) {
                IO.println(refused.problem() + ": " + refused.getMessage());
                frames.abort();
            }
            // end::hostile
            assertThatThrownBy(frames::receive).isInstanceOf(NetException.class);
        });
    }

    @Test
    void layersHaveOptions() throws Exception {
        connected((connection, peer) -> {
            // tag::bytes
            Stack stack = Stack.over(connection)
                    .throttle(1_000_000) // bytes a second, each way
                    .layer(Deflate.defaults().withLevel(1).withExpansion(100));
            stack.write("bytes".getBytes(UTF_8)); // a stack of bytes is a connection
            // end::bytes
            assertThat(stack.describe()).contains("deflate").contains("throttle 1000000 B/s");
            assertThat(Stack.over(peer).deflate().read(ByteBuffer.allocate(10))).isEqualTo(5);
        });
    }

    @Test
    void badLuckHasASeed() throws Exception {
        connected((connection, peer) -> {
            // tag::faults
            Faults faults =
                    Faults.seeded(42).withPieces(1).withDelay(ofMillis(5)).withResetAfter(3);
            Connection unlucky = Stack.over(connection).layer(faults);
            // end::faults
            unlucky.write(new byte[10]);
            assertThatThrownBy(() -> peer.readAllBytes(10)).hasMessageContaining("ECONNRESET");
        });
    }

    @Test
    void relaysTellWhoTheClientIs() throws Exception {
        connected((connection, peer) -> {
            peer.write("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\nhello\n".getBytes(UTF_8));
            // tag::proxy
            Stack client = Stack.over(connection).layer(ProxyProtocol.accepting());
            IO.println("a client at " + client.remote()); // tcp:192.0.2.1:56324
            // end::proxy
            assertThat(client.remote()).hasToString("tcp:192.0.2.1:56324");
            assertThat(client.lines().receive()).contains("hello");
        });
    }

    @Test
    void bytesAreCaptured(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("orders.pcapng");
        connected((connection, peer) -> {
            // tag::capture
            try (Capture capture = Capture.create(file)) {
                Messages<String> lines = Stack.over(connection)
                        .layer(capture.at("compressed"))
                        .deflate()
                        .layer(capture.at("plain"))
                        .lines();
                lines.send("hello");
                lines.close();
            }
            // end::capture
            assertThat(Stack.over(peer).deflate().lines().receive()).contains("hello");
        });
        assertThat(new String(Files.readAllBytes(file), ISO_8859_1)).contains("compressed", "plain", "hello\n");
    }

    @Test
    void anyFunctionOfConnectionsIsALayer() throws Exception {
        connected((connection, peer) -> {
            // tag::own
            Layer greeting = Layer.of("greeting", 5, lower -> {
                lower.write("hello\n".getBytes(UTF_8)); // a handshake, say; if it throws, the stack is aborted
                return lower;
            });
            Messages<String> lines = Stack.over(connection).layer(greeting).lines();
            // end::own
            lines.send("world");
            lines.close();
            assertThat(peer.readAllBytes(100)).isEqualTo("hello\nworld\n".getBytes(UTF_8));
        });
    }

    @Test
    void severalTasksSend() throws Exception {
        connected((connection, peer) -> {
            Messages<String> lines = Stack.over(connection).lines();
            try (var group = TaskGroup.open()) {
                group.start("one", () -> lines.send("one"));
                group.start("two", () -> lines.send("two"));
                group.join();
            }
            lines.close();
            assertThat(Stack.over(peer).lines()).containsExactlyInAnyOrder("one", "two");
        });
    }
}
