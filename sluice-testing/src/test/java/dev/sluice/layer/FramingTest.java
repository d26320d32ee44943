package dev.sluice.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.codec.Codec;
import dev.sluice.net.Connection;
import dev.sluice.net.Memory;
import dev.sluice.task.TaskGroup;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is particular to one framing, or to long frames.
class FramingTest {
    private static final int LARGE = 1_000_000;

    private interface Body {
        void run(Connection near, Connection far, TaskGroup<Object, Void> group) throws Exception;
    }

    private static void connected(Body body) throws Exception {
        Sluice.run(() -> {
            Memory.Pair pair = Memory.pair("test");
            try (var group = TaskGroup.open()) {
                body.run(pair.near(), pair.far(), group);
                group.join();
            }
        });
    }

    static List<Framing> allThatCarryMuch() {
        return List.of(
                Framing.lengthPrefix(4),
                Framing.varint(),
                Framing.netstring(),
                Framing.lines().withLimit(LARGE),
                Framing.delimiter((byte) 0, (byte) 0).withLimit(LARGE),
                Framing.fixed(LARGE));
    }

    @ParameterizedTest
    @MethodSource("allThatCarryMuch")
    void longFramesPass(Framing framing) throws Exception {
        byte[] payload = new byte[LARGE];
        var random = new SplittableRandom(1);
        for (int i = 0; i < LARGE; i++) {
            payload[i] = (byte) random.nextInt('0', 'z');
        }
        connected((near, far, group) -> {
            Frames sender = Stack.over(near).frames(framing);
            Frames receiver = Stack.over(far).frames(framing);
            group.start("send", () -> {
                ByteBuffer direct =
                        ByteBuffer.allocateDirect(LARGE).put(payload).flip();
                sender.send(direct);
                assertThat(direct.hasRemaining()).isFalse();
                sender.send(payload);
                sender.send(payload, Codec.raw());
                sender.close();
            });
            for (int i = 0; i < 3; i++) {
                assertThat(receiver.receive())
                        .hasValueSatisfying(frame -> assertThat(frame).isEqualTo(payload));
            }
            assertThat(receiver.receive()).isEmpty();
        });
    }

    @Test
    void whatAPeerAnnouncesCostsNothing() throws Exception {
        Framing framing = Framing.lengthPrefix(4).withLimit(1 << 30);
        connected((near, far, group) -> {
            near.write(new byte[] {0x3f, -1, -1, -1, 1, 2, 3}); // a gigabyte, of which three bytes come
            near.closeOutput();
            Frames receiver = Stack.over(far).frames(framing);
            assertThatThrownBy(receiver::receive)
                    .isInstanceOf(LayerException.class)
                    .hasMessageEndingWith("the end came after 7 bytes of a frame");
        });
    }

    @Test
    void linesEndInSeveralWays() throws Exception {
        connected((near, far, group) -> {
            near.write("one\r\ntwo\n\n\r\nfi\rve\nlast".getBytes(UTF_8));
            near.closeOutput();
            assertThat(Stack.over(far).lines()).containsExactly("one", "two", "", "", "fi\rve", "last");
        });
    }

    @Test
    void aCarriageReturnDoesNotCount() throws Exception {
        Framing framing = Framing.lines().withLimit(3);
        connected((near, far, group) -> {
            Frames receiver = Stack.over(far).frames(framing);
            near.write("abc\r".getBytes(UTF_8));
            near.write("\nabcd".getBytes(UTF_8));
            assertThat(receiver.receive())
                    .hasValueSatisfying(line -> assertThat(line).isEqualTo("abc".getBytes(UTF_8)));
            assertThatThrownBy(receiver::receive)
                    .isInstanceOf(LayerException.class)
                    .hasMessageEndingWith("length so far=4, expected at most 3");
        });
    }

    @Test
    void aPayloadThatCannotBeCarriedIsRefused() throws Exception {
        connected((near, far, group) -> {
            Frames lines = Stack.over(near).frames(Framing.lines());
            assertThatThrownBy(() -> lines.send("two\nlines".getBytes(UTF_8)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("send lines: found the delimiter at byte=3, expected a payload without it");
            assertThatThrownBy(() -> lines.utf8().send("two\nlines")).isInstanceOf(IllegalArgumentException.class);
            Frames fixed = Stack.over(near).frames(Framing.fixed(4));
            assertThatThrownBy(() -> fixed.send(new byte[3]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("send fixed 4: length=3, expected 4");
            lines.send("a line".getBytes(UTF_8));
            near.closeOutput();
            assertThat(far.readAllBytes(100)).isEqualTo("a line\n".getBytes(UTF_8));
        });
    }

    @Test
    void aPayloadDoesNotGrowIntoTheDelimiter() throws Exception {
        Framing framing = Framing.delimiter("aab".getBytes(UTF_8));
        connected((near, far, group) -> {
            Frames sender = Stack.over(near).frames(framing);
            sender.send("xa".getBytes(UTF_8)); // xaaab: the delimiter is found behind xa
            sender.send("aa".getBytes(UTF_8));
            Frames receiver = Stack.over(far).frames(framing);
            assertThat(receiver.receive().map(frame -> new String(frame, UTF_8)))
                    .contains("xa");
            assertThat(receiver.receive().map(frame -> new String(frame, UTF_8)))
                    .contains("aa");
            Frames other = Stack.over(near).frames(Framing.delimiter("aa".getBytes(UTF_8)));
            assertThatThrownBy(() -> other.send("xa".getBytes(UTF_8))) // xaaa would be x, and a left over
                    .isInstanceOf(IllegalArgumentException.class);
        });
    }

    @Test
    void impossibleFramingsAreRefused() {
        assertThatThrownBy(() -> Framing.lengthPrefix(3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("length prefix: bytes=3, expected 1, 2 or 4");
        assertThatThrownBy(() -> Framing.lengthPrefix(2).withLimit(65_536))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("framing length 2 bytes: limit=65536, expected 1..65535");
        assertThatThrownBy(() -> Framing.delimiter()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Framing.fixed(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Framing.fixed(10).withLimit(9)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Framing.netstring().withLimit(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
