package dev.sluice.net;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.Sluice;
import dev.sluice.io.ByteSink;
import dev.sluice.layer.Stack;
import dev.sluice.loop.Backend;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.task.Deadline;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Buffers that cannot be used are refused at once, or as soon as they are used: with an exception, and nobody waits.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a wait that nothing ends
class UnusableBufferTest {
    @TempDir
    Path directory;

    private interface Opening {
        Memory.Pair open() throws IOException;
    }

    private interface Body {
        void run(Connection near, Connection far) throws Exception;
    }

    private static Memory.Pair tcp() throws IOException {
        try (Listener listener = Tcp.listen("127.0.0.1:0")) {
            return accepted(listener, Tcp.connect(listener.address().place()));
        }
    }

    private Memory.Pair unix() throws IOException {
        UnixAddress address = UnixAddress.of(directory.resolve("socket"));
        try (Listener listener = Unix.listen(address)) {
            return accepted(listener, Unix.connect(address));
        }
    }

    private static Memory.Pair accepted(Listener listener, Connection near) throws IOException {
        return new Memory.Pair(near, listener.accept());
    }

    private static Memory.Pair deflated() throws IOException {
        Memory.Pair pair = Memory.pair("deflated");
        return new Memory.Pair(
                Stack.over(pair.near()).deflate(), Stack.over(pair.far()).deflate());
    }

    private void onEachKind(Backend backend, Body body) throws Exception {
        List<Opening> kinds =
                List.of(UnusableBufferTest::tcp, this::unix, () -> Memory.pair("plain"), UnusableBufferTest::deflated);
        for (Opening kind : kinds) {
            Sluice.run(
                    LoopsConfig.defaults().withBackend(backend),
                    () -> Deadline.after(ofSeconds(30)).run(() -> {
                        Memory.Pair pair = kind.open();
                        try {
                            body.run(pair.near(), pair.far());
                        } finally {
                            pair.near().abort();
                            pair.far().abort();
                        }
                    }));
        }
    }

    private static void take(Connection from, int expected) throws IOException {
        byte[] one = new byte[1];
        assertThat(from.read(one, 0, 1)).isOne();
        assertThat(one[0]).isEqualTo((byte) expected);
    }

    @OnEachBackend
    void aReadOnlyOneIsRefusedBeforeAndAfterBytesHaveCome(Backend backend) throws Exception {
        onEachKind(backend, (near, far) -> {
            for (ByteBuffer buffer : List.of(ByteBuffer.allocate(9), ByteBuffer.allocateDirect(9))) {
                ByteBuffer readOnly = buffer.asReadOnlyBuffer();
                assertThatThrownBy(() -> far.read(readOnly)).isInstanceOf(IllegalArgumentException.class);
                near.write(new byte[] {7, 8});
                take(far, 7); // what is behind it has come as well
                assertThatThrownBy(() -> far.read(readOnly))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith("read ")
                        .hasMessageEndingWith(": read-only buffer, expected one that takes bytes");
                assertThat(buffer.get(0)).isZero();
                take(far, 8);
            }
        });
    }

    @OnEachBackend
    void oneWhoseMemoryHasBeenFreedIsNotTouched(Backend backend) throws Exception {
        onEachKind(backend, (near, far) -> {
            ByteBuffer freed = freed();
            near.write(new byte[] {7});
            assertThatThrownBy(() -> far.read(freed)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> near.write(freed)).isInstanceOf(IllegalStateException.class);
        });
    }

    private static ByteBuffer freed() {
        try (Arena arena = Arena.ofShared()) {
            return arena.allocate(9).asByteBuffer();
        }
    }

    @OnEachBackend
    void noSinkTakesNothing(Backend backend) throws Exception {
        onEachKind(backend, (near, far) -> {
            assertThatThrownBy(() -> far.transferTo(nobody())).isInstanceOf(NullPointerException.class);
            near.write(new byte[] {7});
            take(far, 7);
        });
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // what a compiler with it refuses
    private static ByteSink nobody() {
        return null;
    }

    /// The loop thread copies for who is elsewhere, and may not touch such a buffer.
    @OnEachBackend
    void oneThatBelongsToAnotherThreadHoldsNobodyUp(Backend backend) throws Exception {
        onEachKind(backend, (near, far) -> {
            near.write(new byte[] {7});
            Sluice.offload(() -> {
                try (Arena arena = Arena.ofConfined()) {
                    ByteBuffer buffer = arena.allocate(1).asByteBuffer();
                    movesOrRefuses(() -> near.write(buffer.clear()));
                    movesOrRefuses(() -> far.read(buffer.clear()));
                }
            });
            near.write(new byte[] {8}); // both go on
            assertThat(far.read(ByteBuffer.allocate(9))).isPositive();
        });
    }

    private static void movesOrRefuses(ThrowingCallable move) {
        Throwable refused = catchThrowable(move);
        if (refused != null) {
            assertThat(refused).isInstanceOf(WrongThreadException.class);
        }
    }
}
