package dev.sluice.io;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofNanos;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Fcntl;
import dev.sluice.internal.linux.Unistd;
import dev.sluice.task.Action;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What sources and sinks do on every back end.
abstract class StreamContract extends FileContract {
    private static final int PIPE = 1 << 16;

    private final CallState calls = new CallState();

    /// Whether a cancelled operation has moved nothing at all; blocking streams go on behind the scenes.
    abstract boolean cancelsExactly();

    /// The two ends of a pipe.
    record Pipe(ByteSource source, ByteSink sink) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            sink.close();
            source.close();
        }
    }

    Pipe pipe() throws IOException {
        long ends = Unistd.pipe2(calls, Fcntl.O_CLOEXEC);
        int in = Unistd.readEnd(ends);
        int out = Unistd.writeEnd(ends);
        if (Descriptors.possible()) {
            return new Pipe(Descriptors.source(in, "pipe"), Descriptors.sink(out, "pipe"));
        }
        var source = BlockingStreams.source(new FileInputStream("/proc/self/fd/" + in), "pipe");
        var sink = BlockingStreams.sink(new FileOutputStream("/proc/self/fd/" + out), "pipe");
        Unistd.close(calls, in);
        Unistd.close(calls, out);
        return new Pipe(source, sink);
    }

    // ---- moving

    /// The kinds of buffers there are.
    enum Memory {
        HEAP,
        SLICE,
        READ_ONLY,
        DIRECT;

        /// A buffer with these bytes.
        ByteBuffer of(byte[] bytes) {
            return switch (this) {
                case HEAP -> ByteBuffer.wrap(bytes);
                case SLICE -> {
                    byte[] larger = new byte[bytes.length + 10];
                    System.arraycopy(bytes, 0, larger, 7, bytes.length);
                    yield ByteBuffer.wrap(larger, 5, bytes.length + 2).slice().position(2);
                }
                case READ_ONLY -> ByteBuffer.wrap(bytes).asReadOnlyBuffer();
                case DIRECT ->
                    ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
            };
        }

        ByteBuffer empty(int size) {
            return this == DIRECT ? ByteBuffer.allocateDirect(size) : of(new byte[size]);
        }
    }

    @ParameterizedTest
    @EnumSource(Memory.class)
    void everyKindOfBufferIsMoved(Memory memory) throws Exception {
        byte[] bytes = random(3 * PIPE + 17);
        run(() -> {
            try (Pipe pipe = pipe();
                    var group = TaskGroup.open()) {
                group.start("write", () -> {
                    ByteBuffer from = memory.of(bytes);
                    pipe.sink.write(from);
                    assertThat(from.hasRemaining()).isFalse();
                    pipe.sink.close();
                });
                ByteBuffer all = ByteBuffer.allocate(bytes.length);
                Memory readable = memory == Memory.READ_ONLY ? Memory.HEAP : memory;
                while (true) {
                    ByteBuffer into = readable.empty(10_000);
                    int start = into.position();
                    int n = pipe.source.read(into);
                    if (n < 0) {
                        break;
                    }
                    assertThat(into.position() - start).isEqualTo(n).isPositive();
                    all.put(into.flip().position(start));
                }
                assertThat(all.array()).isEqualTo(bytes);
                group.join();
            }
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 4095, 4096, 4097, 65_535, 65_536, 65_537, 1_000_000})
    void everySizeArrivesWhole(int size) throws Exception {
        byte[] bytes = random(size);
        run(() -> {
            try (Pipe pipe = pipe();
                    var group = TaskGroup.open()) {
                group.start("write", () -> {
                    pipe.sink.write(bytes);
                    pipe.sink.close();
                });
                assertThat(pipe.source.readAllBytes(size)).isEqualTo(bytes);
                assertThat(pipe.source.read(new byte[1], 0, 1))
                        .as("read at the end")
                        .isEqualTo(-1);
                group.join();
            }
        });
    }

    @Test
    void nothingIsMovedWithoutRoomOrBytes() throws Exception {
        run(() -> {
            try (Pipe pipe = pipe()) {
                assertThat(pipe.source.read(ByteBuffer.allocate(0))).isZero();
                pipe.sink.write(ByteBuffer.allocate(0));
                pipe.sink.write(new byte[] {1});
                assertThat(pipe.source.read(new byte[9], 0, 9)).isEqualTo(1);
            }
        });
    }

    @Test
    void transferMovesEverything() throws Exception {
        byte[] bytes = random(1 << 20);
        run(() -> {
            try (Pipe first = pipe();
                    Pipe second = pipe();
                    var group = TaskGroup.open()) {
                group.start("write", () -> {
                    first.sink.write(bytes);
                    first.sink.close();
                });
                group.start("transfer", () -> {
                    assertThat(first.source.transferTo(second.sink)).isEqualTo(bytes.length);
                    second.sink.close();
                });
                assertThat(second.source.readAllBytes(bytes.length)).isEqualTo(bytes);
                group.join();
            }
        });
    }

    @Test
    void streamsOfTheJdkWrapThem() throws Exception {
        byte[] bytes = random(100_000);
        run(() -> {
            try (Pipe pipe = pipe();
                    var group = TaskGroup.open()) {
                group.start("write", () -> {
                    try (var output = pipe.sink.asOutputStream()) {
                        output.write(bytes[0]);
                        output.write(bytes, 1, bytes.length - 1);
                    }
                });
                try (var input = pipe.source.asInputStream()) {
                    assertThat(input.read()).isEqualTo(bytes[0] & 0xFF);
                    assertThat(input.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, 1, bytes.length));
                    assertThat(input.read()).isEqualTo(-1);
                }
                group.join();
            }
        });
    }

    @Test
    void readingAllHasALimit() throws Exception {
        run(() -> {
            try (Pipe pipe = pipe()) {
                pipe.sink.write(random(101));
                assertThatThrownBy(() -> pipe.source.readAllBytes(100))
                        .isInstanceOfSatisfying(
                                LimitExceededException.class,
                                failure -> assertThat(failure.limit()).isEqualTo(100))
                        .hasMessage("read all of pipe: more than limit=100 bytes");
                assertThatThrownBy(() -> pipe.source.readAllBytes(-1)).isInstanceOf(IllegalArgumentException.class);
            }
        });
    }

    // ---- ends and errors

    @Test
    void writingWithoutAReaderIsABrokenPipe() throws Exception {
        run(() -> {
            try (Pipe pipe = pipe()) {
                pipe.source.close();
                assertThatThrownBy(() -> pipe.sink.write(new byte[1]))
                        .isInstanceOfSatisfying(StreamException.class, failure -> {
                            assertThat(failure.isBrokenPipe()).isTrue();
                            assertThat(failure.error()).hasValue("EPIPE");
                            assertThat(failure.operation()).isEqualTo("write");
                            assertThat(failure.stream()).isEqualTo("pipe");
                        })
                        .hasMessage("write pipe: EPIPE (Broken pipe)");
            }
        });
    }

    @Test
    void aWriterThatWaitsHearsThatItsReaderHasGone() throws Exception {
        run(() -> {
            try (Pipe pipe = pipe();
                    var group = TaskGroup.open()) {
                var write = group.start(
                        "write",
                        () -> assertThatThrownBy(() -> pipe.sink.write(random(1 << 20)))
                                .isInstanceOfSatisfying(
                                        StreamException.class,
                                        failure -> assertThat(failure.isBrokenPipe())
                                                .isTrue()));
                assertThat(pipe.source.read(new byte[1], 0, 1)).isEqualTo(1);
                pipe.source.close();
                assertThat(write.outcome().toString()).startsWith("Succeeded");
                group.join();
            }
        });
    }

    @Test
    void closedStreamsSaySo() throws Exception {
        run(() -> {
            Pipe pipe = pipe();
            pipe.close();
            pipe.close();
            assertThatThrownBy(() -> pipe.source.read(new byte[1], 0, 1))
                    .isInstanceOf(StreamException.class)
                    .hasMessage("read pipe: the stream is closed");
            assertThatThrownBy(() -> pipe.sink.write(new byte[1]))
                    .isInstanceOf(StreamException.class)
                    .hasMessage("write pipe: the stream is closed");
        });
    }

    @Test
    void aCloseEndsTheReadInFlight() throws Exception {
        run(() -> {
            try (Pipe pipe = pipe();
                    var group = TaskGroup.open()) {
                var read = group.start(
                        "read",
                        () -> assertThatThrownBy(() -> pipe.source.read(new byte[1], 0, 1))
                                .isInstanceOf(StreamException.class)
                                .hasMessage("read pipe: the stream is closed"));
                Sluice.sleep(ofMillis(5));
                pipe.source.close();
                assertThat(read.outcome().toString()).startsWith("Succeeded");
                group.join();
            }
        });
    }

    @Test
    void twoReadersAtOnceAreRefused() throws Exception {
        run(() -> {
            try (Pipe pipe = pipe();
                    var group = TaskGroup.open()) {
                Task<String> a = group.start("a", () -> busy(() -> pipe.source.read(new byte[1], 0, 1)));
                Task<String> b = group.start("b", () -> busy(() -> pipe.source.read(new byte[1], 0, 1)));
                while (!a.isDone() && !b.isDone()) {
                    Sluice.sleep(ofMillis(1));
                }
                Task<String> refused = a.isDone() ? a : b;
                String other = a.isDone() ? "b" : "a";
                assertThat(refused.get()).startsWith("read pipe: main/" + other + " does that already");
                pipe.sink.write(new byte[1]);
                assertThat((refused.name().equals("a") ? b : a).get()).isEmpty();
                group.join();
            }
        });
    }

    @Test
    void twoWritersAtOnceAreRefused() throws Exception {
        byte[] bytes = random(1 << 20);
        run(() -> {
            try (Pipe pipe = pipe();
                    var group = TaskGroup.open()) {
                Task<String> a = group.start("a", () -> busy(() -> pipe.sink.write(bytes)));
                Task<String> b = group.start("b", () -> busy(() -> pipe.sink.write(bytes)));
                while (!a.isDone() && !b.isDone()) {
                    Sluice.sleep(ofMillis(1));
                }
                Task<String> refused = a.isDone() ? a : b;
                assertThat(refused.get()).startsWith("write pipe: main/");
                for (int left = bytes.length; left > 0; ) {
                    left -= pipe.source.read(new byte[left], 0, left);
                }
                assertThat((refused.name().equals("a") ? b : a).get()).isEmpty();
                group.join();
            }
        });
    }

    /// What the refusal says, or nothing if there is none.
    private static String busy(Action<IOException> operation) throws IOException {
        try {
            operation.run();
            return "";
        } catch (StreamBusyException refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    // ---- cancellation

    @Test
    void aCancelledReadLeavesTheStreamUsable() throws Exception {
        run(() -> {
            try (Pipe pipe = pipe()) {
                for (int i = 0; i < 3; i++) {
                    boolean whole = Deadline.after(ofMillis(2)).tryRun(() -> pipe.source.read(new byte[1], 0, 1));
                    assertThat(whole).isFalse();
                }
                pipe.sink.write(new byte[] {42});
                byte[] one = new byte[1];
                assertThat(pipe.source.read(one, 0, 1)).isEqualTo(1);
                assertThat(one[0]).isEqualTo((byte) 42);
            }
        });
    }

    @Test
    void inACancelledScopeNothingBegins() throws Exception {
        run(() -> {
            try (Pipe pipe = pipe()) {
                CancelScope.run(scope -> {
                    scope.cancel("test");
                    assertThatThrownBy(() -> pipe.sink.write(new byte[1])).isInstanceOf(CancelledException.class);
                    assertThatThrownBy(() -> pipe.source.read(new byte[1], 0, 1))
                            .isInstanceOf(CancelledException.class);
                });
                pipe.sink.write(new byte[1]);
                assertThat(pipe.source.read(new byte[5], 0, 5)).isEqualTo(1);
            }
        });
    }

    @Test
    void aCancelledWriteSaysHowMuchWasWritten() throws Exception {
        byte[] bytes = random(PIPE * 5);
        run(() -> {
            try (Pipe pipe = pipe();
                    var group = TaskGroup.open()) {
                ByteBuffer from = ByteBuffer.wrap(bytes);
                do { // on a busy machine the time may be up before the write has begun
                    assertThat(Deadline.after(ofMillis(5)).tryRun(() -> pipe.sink.write(from)))
                            .isFalse();
                } while (cancelsExactly() && from.position() == 0);
                assertThat(from.position()).isBetween(cancelsExactly() ? PIPE : 0, PIPE * 2);
                group.start("rest", () -> {
                    pipe.sink.write(from);
                    pipe.sink.close();
                });
                assertThat(pipe.source.readAllBytes(bytes.length)).isEqualTo(bytes);
                group.join();
            }
        });
    }

    /// Readers and writers whose deadlines pass all the time: nothing is lost, doubled or reordered.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void noByteIsLostWhateverIsCancelled(long seed) throws Exception {
        byte[] bytes = random(400_000);
        var random = new Random(seed);
        run(() -> {
            try (Pipe pipe = pipe();
                    var group = TaskGroup.open()) {
                group.start("write", () -> {
                    ByteBuffer from = ByteBuffer.wrap(bytes);
                    while (from.hasRemaining()) {
                        int limit = Math.min(bytes.length, from.position() + 1 + random.nextInt(100_000));
                        from.limit(limit);
                        Deadline.after(ofNanos(random.nextInt(300_000))).tryRun(() -> pipe.sink.write(from));
                        from.limit(bytes.length);
                    }
                    pipe.sink.close();
                });
                ByteBuffer all = ByteBuffer.allocate(bytes.length);
                boolean[] ended = {false};
                while (!ended[0]) {
                    ByteBuffer into = ByteBuffer.allocate(1 + random.nextInt(20_000));
                    Deadline.after(ofNanos(random.nextInt(300_000)))
                            .tryRun(() -> ended[0] = pipe.source.read(into) < 0);
                    all.put(into.flip());
                }
                assertThat(all.hasRemaining()).isFalse();
                assertThat(all.array()).isEqualTo(bytes);
                group.join();
            }
        });
    }
}
