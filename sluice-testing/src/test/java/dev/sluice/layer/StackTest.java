package dev.sluice.layer;

import static dev.sluice.codec.CodecException.Problem.UNENCODABLE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.codec.Cbor;
import dev.sluice.codec.CodecException;
import dev.sluice.codec.CodecLimits;
import dev.sluice.layer.LayerException.Problem;
import dev.sluice.layer.LayerStatistics.Flow;
import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import dev.sluice.net.Memory;
import dev.sluice.net.NetException;
import dev.sluice.net.Tcp;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class StackTest {
    record Order(int id, String what) {}

    private static Messages<Order> orders(Connection connection) throws IOException {
        return Stack.over(connection).deflate().frames().cbor(Order.class);
    }

    @Test
    void valuesTravelThroughAllLayers() throws Exception {
        Sluice.run(() -> {
            try (var group = TaskGroup.open();
                    Listener listener = Tcp.listen("127.0.0.1:0")) {
                group.start("server", () -> {
                    try (Messages<Order> peer = orders(listener.accept())) {
                        for (Order order : peer) {
                            peer.send(new Order(order.id() + 1, order.what() + "!"));
                        }
                    }
                });
                try (Messages<Order> messages =
                        orders(Tcp.connect(listener.address().place()))) {
                    for (int i = 0; i < 100; i++) {
                        messages.send(new Order(i, "tea"));
                        assertThat(messages.receive()).contains(new Order(i + 1, "tea!"));
                    }
                    messages.closeOutput();
                    assertThat(messages.receive()).isEmpty();
                    assertSeen(messages);
                }
                group.join();
            }
        });
    }

    private static void assertSeen(Messages<Order> messages) {
        List<LayerStatistics> layers = messages.layers();
        assertThat(layers).extracting(LayerStatistics::osi).containsExactly(6, 5, 6, 4);
        assertThat(layers)
                .extracting(LayerStatistics::name)
                .startsWith("cbor Order", "length 4 bytes", "deflate")
                .last()
                .asString()
                .startsWith("tcp 127.0.0.1:");
        Flow payload = layers.getFirst().out();
        assertThat(payload.messages()).isEqualTo(100);
        assertThat(layers.get(1).out()).isEqualTo(payload);
        assertThat(layers.get(1).in().messages()).isEqualTo(100);
        assertThat(layers.get(1).waited()).isPositive();
        assertThat(layers.get(2).out()).isEqualTo(new Flow(payload.bytes() + 400, 0));
        assertThat(messages.describe().lines().map(line -> line.replaceAll(" +", " ")))
                .hasSize(5)
                .startsWith("osi layer messages in out bytes in out waited")
                .anyMatch(line -> line.startsWith(" 6 cbor Order 100 100 "))
                .anyMatch(line -> line.startsWith(" 4 tcp 127.0.0.1:"));
    }

    @Test
    void aMessageThatCannotBeDecodedIsPassedOver() throws Exception {
        Sluice.run(() -> {
            Memory.Pair pair = Memory.pair("test");
            Frames peer = Stack.over(pair.near()).frames();
            Messages<Order> messages = Stack.over(pair.far()).frames().cbor(Order.class);
            peer.send("nonsense".getBytes(UTF_8));
            peer.cbor(Order.class).send(new Order(1, "tea"));
            peer.close();
            assertThatThrownBy(messages::receive).isInstanceOfSatisfying(LayerException.class, failure -> {
                assertThat(failure.problem()).isEqualTo(Problem.UNDECODABLE);
                assertThat(failure).hasCauseInstanceOf(CodecException.class);
                assertThat(failure).hasMessageStartingWith("receive memory test.far->test.near: decode Order: ");
            });
            assertThat(messages.receive()).contains(new Order(1, "tea"));
            assertThat(messages.receive()).isEmpty();
        });
    }

    @Test
    void aMessageThatCannotBeSentChangesNothing() throws Exception {
        Sluice.run(() -> {
            Memory.Pair pair = Memory.pair("test");
            Messages<String> sender = Stack.over(pair.near())
                    .frames(Framing.lengthPrefix(2).withLimit(10))
                    .utf8();
            Messages<String> receiver =
                    Stack.over(pair.far()).frames(Framing.lengthPrefix(2)).utf8();
            assertThatThrownBy(() -> sender.send("a text that is long"))
                    .isInstanceOf(LayerException.class)
                    .hasMessage("send memory test.near->test.far: length=19, expected at most 10");
            assertThatThrownBy(() -> sender.send("\ud800"))
                    .isInstanceOfSatisfying(
                            CodecException.class,
                            failure -> assertThat(failure.problem()).isEqualTo(UNENCODABLE));
            sender.send("short");
            sender.closeOutput();
            assertThat(receiver).containsExactly("short");
        });
    }

    @Test
    void codecsMayHaveOtherLimits() throws Exception {
        var codec =
                Cbor.defaults().withLimits(CodecLimits.defaults().withText(3)).codec(Order.class);
        Sluice.run(() -> {
            Memory.Pair pair = Memory.pair("test");
            Stack.over(pair.near()).frames().cbor(Order.class).send(new Order(1, "coffee"));
            Messages<Order> receiver = Stack.over(pair.far()).frames().messages(codec);
            assertThatThrownBy(receiver::receive)
                    .isInstanceOf(LayerException.class)
                    .hasMessageContaining("expected at most 3");
        });
    }

    @Test
    void iteratingEndsWithTheMessagesOrAnError() throws Exception {
        Sluice.run(() -> {
            Memory.Pair pair = Memory.pair("test");
            Messages<String> near = Stack.over(pair.near()).lines();
            Iterator<String> lines = Stack.over(pair.far()).lines().iterator();
            near.send("one");
            assertThat(lines.hasNext()).isTrue();
            assertThat(lines.hasNext()).as("asked twice").isTrue();
            assertThat(lines.next()).isEqualTo("one");
            near.abort();
            assertThatThrownBy(lines::hasNext)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("ECONNRESET");
            Memory.Pair other = Memory.pair("other");
            other.near().close();
            assertThatThrownBy(Stack.over(other.far()).lines().iterator()::next)
                    .isInstanceOf(NoSuchElementException.class);
        });
    }

    @Test
    void aLayerThatCannotBePutOnAbortsWhatIsBelow() throws Exception {
        Sluice.run(() -> {
            Memory.Pair pair = Memory.pair("test");
            Layer failing = Layer.of("handshake", 6, lower -> {
                throw NetException.of("handshake", lower, "found nothing, expected a peer");
            });
            assertThatThrownBy(() -> Stack.over(pair.near()).layer(failing))
                    .isInstanceOf(NetException.class)
                    .hasMessage("handshake memory test.near->test.far: found nothing, expected a peer");
            assertThatThrownBy(() -> pair.far().readAllBytes(10)).hasMessageContaining("ECONNRESET");
        });
        assertThatThrownBy(() -> Layer.of("physics", 1, lower -> lower))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("layer physics: osi=1, expected 4..7");
    }

    @Test
    void aStackOverAStackIsTheSame() throws Exception {
        Sluice.run(() -> {
            Stack stack = Stack.over(Memory.pair("test").near()).throttle(1_000);
            assertThat(Stack.over(stack)).isSameAs(stack);
            assertThat(stack).hasToString("memory test.near->test.far");
            assertThat(stack.describe()).contains("throttle 1000 B/s");
        });
    }
}
