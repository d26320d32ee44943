package dev.sluice.callback;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.net.Connection;
import dev.sluice.net.Memory;
import dev.sluice.net.NetException;
import dev.sluice.net.Tcp;
import dev.sluice.sync.Event;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import dev.sluice.task.Promise;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class CallbacksTest {
    private static void run(Action<?> body) throws Exception {
        Sluice.run(() -> Deadline.after(ofSeconds(60)).named("test").run(body));
    }

    /// Notes what is called, and echoes.
    private static class Echo implements Callbacks {
        final Queue<String> called = new ConcurrentLinkedQueue<>();
        final Promise<Peer> peer = new Promise<>("peer");
        final Promise<Optional<IOException>> lost = new Promise<>("lost");

        @Override
        public void connected(Peer connected) {
            called.add("connected");
            peer.complete(connected);
        }

        @Override
        public void received(Peer from, ByteBuffer bytes) {
            called.add("received");
            from.write(bytes);
        }

        @Override
        public void lost(Peer gone, Optional<IOException> failure) {
            called.add("lost");
            lost.complete(failure);
        }

        @Override
        public void pauseWriting(Peer full) {
            called.add("pause");
        }

        @Override
        public void resumeWriting(Peer free) {
            called.add("resume");
        }
    }

    private static String text(Connection from, int length) throws IOException {
        return new String(from.readAllBytes(length), StandardCharsets.UTF_8);
    }

    private static void write(Connection to, String text) throws IOException {
        to.write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatComesIsEchoedOverTcp() throws Exception {
        run(() -> TaskGroup.run(group -> {
            try (var listener = Tcp.listen("127.0.0.1:0")) {
                group.start("server", () -> listener.serve(Callbacks.serving(Echo::new)));
                Connection client = Tcp.connect(listener.address().place());
                byte[] much = new byte[3_000_000];
                new SplittableRandom(1).nextBytes(much);
                group.start("ask", () -> {
                    client.write(much);
                    client.closeOutput();
                });
                assertThat(client.readAllBytes(much.length)).isEqualTo(much);
                client.close();
            }
        }));
    }

    @Test
    void theEndOfThePeerEndsTheConnection() throws Exception {
        run(() -> TaskGroup.run(group -> {
            Memory.Pair pair = Memory.pair("test");
            var echo = new Echo();
            group.start("callbacks", () -> Callbacks.over(pair.far(), echo));
            write(pair.near(), "hello");
            pair.near().closeOutput();
            assertThat(text(pair.near(), 5)).isEqualTo("hello");
            assertThat(echo.lost.await()).isEmpty();
            assertThat(echo.called).containsExactly("connected", "received", "lost");
            assertThat(echo.peer.await()).hasToString("memory test.far->test.near");
            echo.peer.await().write(new byte[1]); // is dropped
        }));
    }

    @Test
    void whoWantsToGoesOnBehindTheEnd() throws Exception {
        run(() -> TaskGroup.run(group -> {
            Memory.Pair pair = Memory.pair("test");
            var echo = new Echo() {
                @Override
                public boolean ended(Peer from) {
                    called.add("ended");
                    return true;
                }
            };
            group.start("callbacks", () -> Callbacks.over(pair.far(), echo));
            pair.near().closeOutput();
            Peer peer = echo.peer.await();
            peer.write("still here".getBytes(StandardCharsets.UTF_8));
            peer.closeOutput();
            assertThat(text(pair.near(), 10)).isEqualTo("still here");
            assertThatThrownBy(() -> peer.write(new byte[1])).hasMessageContaining("the output was closed");
            assertThat(echo.lost.await()).isEmpty();
            assertThat(echo.called).containsExactly("connected", "ended", "lost");
        }));
    }

    @Test
    void aResetIsToldToLostOnly() throws Exception {
        run(() -> TaskGroup.run(group -> {
            Memory.Pair pair = Memory.pair("test");
            var echo = new Echo();
            Task<Void> serving = group.start("callbacks", () -> Callbacks.over(pair.far(), echo));
            echo.peer.await();
            pair.near().abort();
            assertThat(echo.lost.await()).get().isInstanceOf(NetException.class);
            serving.get();
        }));
    }

    @Test
    void writersAreToldToPauseAndToGoOn() throws Exception {
        run(() -> TaskGroup.run(group -> {
            Memory.Pair pair = Memory.pair("test");
            var echo = new Echo();
            group.start("callbacks", () -> Callbacks.over(pair.far(), echo));
            Peer peer = echo.peer.await();
            int pieces = 0;
            while (!echo.called.contains("pause")) {
                peer.write(new byte[10_000]);
                pieces++;
            }
            assertThat(pieces).isGreaterThan(6);
            peer.write(new byte[1_000_000]);
            assertThatThrownBy(() -> peer.write(new byte[16 << 20]))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("expected at most 16777216");
            peer.close();
            assertThat(pair.near().readAllBytes(100 << 20)).hasSize(pieces * 10_000 + 1_000_000);
            pair.near().close();
            assertThat(echo.lost.await()).isEmpty();
            assertThat(echo.called).containsSubsequence(List.of("connected", "pause", "lost"));
        }));
    }

    @Test
    void theRoomThatComesIsTold() throws Exception {
        run(() -> TaskGroup.run(group -> {
            Memory.Pair pair = Memory.pair("test");
            var free = new Event("free");
            var echo = new Echo() {
                @Override
                public void resumeWriting(Peer peer) {
                    free.set();
                    peer.close();
                }
            };
            group.start("callbacks", () -> Callbacks.over(pair.far(), echo));
            echo.peer.await().write(new byte[500_000]);
            assertThat(echo.called).contains("pause");
            assertThat(pair.near().readAllBytes(500_000)).hasSize(500_000);
            free.await();
        }));
    }

    @Test
    void readingPausesAndGoesOn() throws Exception {
        run(() -> TaskGroup.run(group -> {
            Memory.Pair pair = Memory.pair("test");
            var echo = new Echo() {
                @Override
                public void connected(Peer connected) {
                    connected.pauseReading();
                    super.connected(connected);
                }
            };
            group.start("callbacks", () -> Callbacks.over(pair.far(), echo));
            echo.peer.await();
            write(pair.near(), "hello");
            pair.near().closeOutput();
            assertThat(Deadline.after(ofMillis(30)).tryRun(() -> text(pair.near(), 5)))
                    .isFalse();
            assertThat(echo.called).containsExactly("connected");
            echo.peer.await().resumeReading();
            assertThat(text(pair.near(), 5)).isEqualTo("hello");
        }));
    }

    @Test
    void whatACallbackThrowsResetsTheConnection() throws Exception {
        run(() -> TaskGroup.run(group -> {
            Memory.Pair pair = Memory.pair("test");
            var echo = new Echo() {
                @Override
                public void received(Peer from, ByteBuffer bytes) {
                    throw new IllegalArgumentException("not that");
                }
            };
            var serving = group.start(
                    "callbacks",
                    () -> assertThatThrownBy(() -> Callbacks.over(pair.far(), echo))
                            .hasMessage("not that"));
            assertThatThrownBy(() -> {
                        write(pair.near(), "hello");
                        text(pair.near(), 5);
                    })
                    .isInstanceOf(NetException.class);
            serving.get();
            assertThat(echo.lost.await()).isEmpty();
        }));
    }

    @Test
    void aCancelledCallerResetsTheConnection() throws Exception {
        run(() -> TaskGroup.run(group -> {
            Memory.Pair pair = Memory.pair("test");
            var echo = new Echo();
            Task<Void> serving = group.start("callbacks", () -> Callbacks.over(pair.far(), echo));
            echo.peer.await().write(new byte[10]);
            serving.cancel("enough");
            assertThat(echo.lost.await()).isEmpty();
            assertThatThrownBy(() -> text(pair.near(), 20)).hasMessageContaining("ECONNRESET");
            serving.outcome();
        }));
    }
}
