package dev.sluice.testing;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.io.StreamBusyException;
import dev.sluice.loop.Loop;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.net.Connection;
import dev.sluice.net.NetException;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import dev.sluice.task.Promise;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What every connection does, whatever carries its bytes. A transport or a layer is tested by a short
/// subclass.
///
/// The tests run in real time, on two loops; none of them waits for a time to pass, except to see that nothing
/// happens.
public abstract class ConnectionContract {
    private static final int MUCH = 1 << 20;

    /// For the subclass that says which kind.
    protected ConnectionContract() {}

    /// Two ends that are connected.
    ///
    /// @param near the one
    /// @param far the other
    public record Pair(Connection near, Connection far) implements AutoCloseable {
        @Override
        public void close() {
            near.abort();
            far.abort();
        }
    }

    /// A new connection. Called by a coroutine, to which both ends belong.
    protected abstract Pair open() throws IOException;

    /// Closes what carries a connection, after both of its ends have been. Called by the coroutine that has
    /// opened it.
    protected void release() throws IOException {}

    /// The loops on which the tests run.
    protected LoopsConfig config() {
        return LoopsConfig.defaults();
    }

    /// Whether the peer can tell an abort from an orderly end.
    protected boolean showsResets() {
        return true;
    }

    /// Whether an end that the peer has not said, as that of an abort, is an error of its own.
    protected boolean missesEnds() {
        return false;
    }

    /// Whether it keeps what was written until it can go; if not, only the system does, and nothing is pending.
    protected boolean keepsBytes() {
        return true;
    }

    /// What is done with both ends.
    private interface Body {
        void run(Connection near, Connection far, TaskGroup<Object, Void> group) throws Exception;
    }

    private void run(Action<?> body) throws Exception {
        LoopsConfig two = config().withCount(2).withStallLimit(ofSeconds(10));
        Sluice.run(two, () -> Deadline.after(ofSeconds(60)).named("test").run(body));
    }

    private void connected(Body body) throws Exception {
        run(() -> {
            try (Pair pair = open();
                    var group = TaskGroup.open()) {
                body.run(pair.near, pair.far, group);
                group.join();
            } finally {
                release();
            }
        });
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new SplittableRandom(size).nextBytes(bytes);
        return bytes;
    }

    /// More than a connection holds, compressed or not.
    private static ByteBuffer tooMuch() {
        byte[] once = random(MUCH);
        ByteBuffer all = ByteBuffer.allocate(64 * MUCH);
        while (all.hasRemaining()) {
            all.put(once);
        }
        return all.flip();
    }

    private static byte[] read(Connection from, int count) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(count);
        while (all.hasRemaining()) {
            assertThat(from.read(all)).as("bytes read of %s", all).isPositive();
        }
        return all.array();
    }

    // ---- moving

    @Test
    void bytesArriveInOrderInBothDirections() throws Exception {
        byte[] out = random(MUCH);
        byte[] back = random(MUCH + 1);
        connected((near, far, group) -> {
            group.start("out", () -> writeInPieces(near, out));
            group.start("back", () -> writeInPieces(far, back));
            Task<byte[]> outRead = group.start("read out", () -> far.readAllBytes(out.length));
            assertThat(near.readAllBytes(back.length)).isEqualTo(back);
            assertThat(outRead.get()).isEqualTo(out);
        });
    }

    private static void writeInPieces(Connection to, byte[] bytes) throws IOException {
        var random = new SplittableRandom(bytes.length);
        for (int at = 0; at < bytes.length; ) {
            int n = Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? 100 : 100_000));
            to.write(bytes, at, n);
            at += n;
        }
        to.closeOutput();
    }

    @Test
    void everyKindOfBufferIsMoved() throws Exception {
        byte[] bytes = random(300_000);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        List<ByteBuffer> kinds = List.of(
                ByteBuffer.wrap(bytes), ByteBuffer.wrap(bytes).asReadOnlyBuffer(), direct, direct.asReadOnlyBuffer());
        connected((near, far, group) -> {
            for (ByteBuffer from : kinds) {
                Task<?> writer = group.start("write", () -> near.write(from));
                ByteBuffer into = from.isDirect()
                        ? ByteBuffer.allocateDirect(bytes.length + 7).position(7)
                        : ByteBuffer.allocate(bytes.length + 7).position(7).slice();
                int start = into.position();
                while (into.hasRemaining()) {
                    int before = into.position();
                    int n = far.read(into);
                    assertThat(n).isEqualTo(into.position() - before).isPositive();
                }
                byte[] arrived = new byte[bytes.length];
                into.get(start, arrived);
                assertThat(arrived).isEqualTo(bytes);
                writer.get(); // it may still be leaving when all has arrived
                assertThat(from.hasRemaining()).isFalse();
            }
        });
    }

    @Test
    @Tag("needs-opens") // only a loop of its own runs nothing else between two writes
    void whatOneTaskWritesAtOnceArrivesAsOne() throws Exception {
        connected((near, far, group) -> {
            for (int i = 0; i < 100; i++) {
                near.write(new byte[] {(byte) i});
            }
            ByteBuffer into = ByteBuffer.allocate(1_000);
            assertThat(far.read(into)).isEqualTo(100);
            assertThat(into.get(99)).isEqualTo((byte) 99);
        });
    }

    @Test
    void nothingIsReadIntoNoRoom() throws Exception {
        connected((near, far, group) -> {
            near.write(new byte[0]);
            assertThat(far.read(ByteBuffer.allocate(0))).isZero();
            near.write(new byte[] {7});
            assertThat(read(far, 1)).containsExactly(7);
        });
    }

    @Test
    void anEchoIsOneLine() throws Exception {
        byte[] bytes = random(MUCH);
        connected((near, far, group) -> {
            group.start("echo", () -> {
                far.transferTo(far);
                far.closeOutput();
            });
            group.start("write", () -> {
                near.write(bytes);
                near.closeOutput();
            });
            assertThat(near.readAllBytes(bytes.length)).isEqualTo(bytes);
        });
    }

    // ---- ends

    @Test
    void theOutputEndsAndTheInputGoesOn() throws Exception {
        connected((near, far, group) -> {
            near.write(new byte[] {1, 2});
            near.closeOutput();
            near.closeOutput();
            assertThat(read(far, 2)).containsExactly(1, 2);
            for (int i = 0; i < 3; i++) {
                assertThat(far.read(new byte[9], 0, 9)).as("the end stays").isEqualTo(-1);
            }
            far.write(new byte[] {3});
            assertThat(read(near, 1)).containsExactly(3);
            assertThatThrownBy(() -> near.write(new byte[1])).isInstanceOf(NetException.class);
            far.write(new byte[] {4});
            assertThat(read(near, 1)).containsExactly(4);
        });
    }

    @Test
    void aCloseSendsWhatWasWritten() throws Exception {
        byte[] bytes = random(100_000);
        connected((near, far, group) -> {
            group.start("write", () -> {
                near.write(bytes);
                near.close();
                near.close();
            });
            assertThat(far.readAllBytes(bytes.length)).isEqualTo(bytes);
        });
    }

    @Test
    void aClosedEndRefusesEverything() throws Exception {
        connected((near, far, group) -> {
            near.close();
            assertThatThrownBy(() -> near.read(new byte[1], 0, 1))
                    .isInstanceOf(NetException.class)
                    .hasMessage("read " + near + ": the connection is closed");
            assertThatThrownBy(() -> near.write(new byte[1])).isInstanceOf(NetException.class);
            assertThatThrownBy(near::closeOutput).isInstanceOf(NetException.class);
            near.abort();
            near.close();
        });
    }

    @Test
    void aCloseEndsTheReaderOfItsEnd() throws Exception {
        connected((near, far, group) -> {
            Task<?> reader = group.start(
                    "reader",
                    () -> assertThatThrownBy(() -> near.read(new byte[1], 0, 1))
                            .isInstanceOf(NetException.class)
                            .hasMessageContaining("closed"));
            awaitWaiting();
            near.close();
            reader.get();
            assertThat(far.read(new byte[1], 0, 1)).isEqualTo(-1);
        });
    }

    @Test
    void anAbortDropsEverything() throws Exception {
        connected((near, far, group) -> {
            near.write(new byte[] {1});
            assertThat(read(far, 1)).containsExactly(1);
            Task<?> reader = group.start(
                    "reader",
                    () -> assertThatThrownBy(() -> near.read(new byte[1], 0, 1)).isInstanceOf(NetException.class));
            awaitWaiting();
            near.abort();
            reader.get();
            if (showsResets()) {
                assertThatThrownBy(() -> far.read(new byte[1], 0, 1))
                        .isInstanceOfSatisfying(NetException.class, failure -> {
                            assertThat(failure.isPeerGone()).isTrue();
                            assertThat(failure.operation()).isEqualTo("read");
                            assertThat(failure).hasMessageStartingWith("read " + far + ": ECONNRESET");
                        });
            } else if (missesEnds()) {
                assertThatThrownBy(() -> far.read(new byte[1], 0, 1)).isInstanceOf(NetException.class);
            } else {
                assertThat(far.read(new byte[1], 0, 1)).isEqualTo(-1);
            }
        });
    }

    @Test
    void aWriterLearnsThatItsPeerHasGone() throws Exception {
        connected((near, far, group) -> {
            far.abort();
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 1_000_000; i++) {
                            near.write(new byte[1_000]);
                            Sluice.yield();
                        }
                    })
                    .isInstanceOfSatisfying(
                            NetException.class,
                            failure -> assertThat(failure.isPeerGone()).isTrue());
            near.close();
        });
    }

    // ---- cancellation

    @Test
    void aReadThatTimesOutLosesNothing() throws Exception {
        connected((near, far, group) -> {
            byte[] into = new byte[100];
            assertThat(Deadline.after(ofMillis(20)).tryRun(() -> far.read(into, 0, 100)))
                    .isFalse();
            near.write(new byte[] {5, 6});
            assertThat(read(far, 2)).containsExactly(5, 6);
            assertThat(into).as("the buffer of the cancelled read").containsOnly(0);
        });
    }

    @Test
    void readsAreCancelledAtAnyMoment() throws Exception {
        byte[] bytes = random(200_000);
        connected((near, far, group) -> {
            group.start("write", () -> {
                for (int at = 0; at < bytes.length; at += 100) {
                    near.write(bytes, at, 100);
                    Sluice.yield();
                }
                near.closeOutput();
            });
            var random = new SplittableRandom(7);
            ByteBuffer all = ByteBuffer.allocate(bytes.length + 100);
            boolean[] ended = new boolean[1];
            while (!ended[0]) {
                ByteBuffer into = random.nextBoolean() ? ByteBuffer.allocate(150) : ByteBuffer.allocateDirect(150);
                Deadline.after(ofNanos(random.nextInt(50_000))).tryRun(() -> ended[0] = far.read(into) < 0);
                all.put(into.flip());
            }
            assertThat(Arrays.copyOf(all.array(), all.position())).isEqualTo(bytes);
        });
    }

    @Test
    void writesAreCancelledAtAnyMoment() throws Exception {
        byte[] bytes = random(3 * MUCH);
        connected((near, far, group) -> {
            Task<byte[]> arrived = group.start("read", () -> far.readAllBytes(bytes.length));
            var random = new SplittableRandom(8);
            ByteBuffer from = ByteBuffer.wrap(bytes);
            while (from.hasRemaining()) {
                Deadline.after(ofNanos(random.nextInt(300_000))).tryRun(() -> near.write(from));
            }
            near.closeOutput();
            assertThat(arrived.get()).isEqualTo(bytes);
        });
    }

    @Test
    void aWriterWaitsForASlowReader() throws Exception {
        connected((near, far, group) -> {
            ByteBuffer from = tooMuch();
            int before;
            do { // on a busy machine the time may be up before the write has begun, or before it is stuck
                before = from.position();
                assertThat(Deadline.after(ofMillis(100)).tryRun(() -> near.write(from)))
                        .as("nobody reads")
                        .isFalse();
            } while (from.position() == 0
                    || from.position() > before
                    || keepsBytes() && near.statistics().bytesPending() == 0);
            assertThat(from.position()).isLessThan(from.limit());
            Connection.Statistics statistics = near.statistics();
            assertThat(statistics.bytesWritten()).isEqualTo(from.position());
            assertThat(statistics.bytesPending()).isBetween(keepsBytes() ? 1L : 0L, keepsBytes() ? 1L << 18 : 0L);
            read(far, from.position());
            assertThat(far.statistics().bytesRead()).isEqualTo(from.position());
            near.write(new byte[] {9});
            assertThat(read(far, 1)).containsExactly(9);
        });
    }

    @Test
    void aCloseDoesNotWaitForAStuckPeerBeyondItsDeadline() throws Exception {
        connected((near, far, group) -> {
            ByteBuffer from = tooMuch();
            Deadline.after(ofMillis(50)).tryRun(() -> near.write(from));
            Deadline.after(ofMillis(50)).tryRun(near::close);
            assertThatThrownBy(() -> near.write(new byte[1])).isInstanceOf(NetException.class);
            if (showsResets()) {
                try {
                    byte[] rest = far.readAllBytes(64L * MUCH);
                    assertThat(rest.length).as("no error, so nothing lost").isEqualTo(from.position());
                } catch (NetException lost) {
                    assertThat(lost.isPeerGone()).isTrue();
                }
            }
        });
    }

    @Test
    void aCancelledCallerClosesAtOnce() throws Exception {
        connected((near, far, group) -> {
            Task<Void> stuck = group.start("stuck", () -> {
                ByteBuffer from = tooMuch();
                Deadline.after(ofMillis(50)).tryRun(() -> {
                    try (near) {
                        near.write(from);
                    }
                });
            });
            stuck.get();
            assertThatThrownBy(() -> near.write(new byte[1])).isInstanceOf(NetException.class);
        });
    }

    // ---- users

    @Test
    void oneReaderAndOneWriterAtATime() throws Exception {
        connected((near, far, group) -> {
            var refused = new Promise<String>("the one who comes second");
            Action<IOException> read = () -> {
                try {
                    assertThat(near.read(new byte[1], 0, 1)).isEqualTo(1);
                } catch (StreamBusyException busy) {
                    refused.complete(busy.toString());
                }
            };
            group.start("first", read);
            group.start("second", read);
            assertThat(refused.await()).containsPattern("first|second");
            far.write(new byte[1]);
        });
    }

    @Test
    void anotherLoopMayUseIt() throws Exception {
        byte[] bytes = random(MUCH);
        connected((near, far, group) -> {
            Loop other = Loop.current().loops().all().getLast();
            group.startOn(other, "write", () -> {
                near.write(bytes);
                near.closeOutput();
            });
            Task<byte[]> arrived = group.startOn(other, "read", () -> far.readAllBytes(bytes.length));
            assertThat(arrived.get()).isEqualTo(bytes);
        });
    }

    @Test
    void offloadedWorkMayUseIt() throws Exception {
        byte[] bytes = random(MUCH);
        connected((near, far, group) -> {
            group.start(
                    "write",
                    () -> Sluice.offload(() -> {
                        near.write(bytes);
                        near.close();
                    }));
            assertThat(Sluice.<byte[], IOException>offload(() -> far.readAllBytes(bytes.length)))
                    .isEqualTo(bytes);
        });
    }

    @Test
    void theEndsKnowEachOther() throws Exception {
        connected((near, far, group) -> {
            assertThat(near.local()).isEqualTo(far.remote());
            assertThat(near.remote()).isEqualTo(far.local());
            assertThat(near.local().network()).isEqualTo(near.remote().network());
            assertThat(near)
                    .hasToString(near.local().network() + " " + near.local().place() + "->"
                            + near.remote().place());
        });
    }

    /// Lets the tasks that were started begin to wait.
    private static void awaitWaiting() {
        for (int i = 0; i < 10; i++) {
            Sluice.yield();
        }
    }
}
