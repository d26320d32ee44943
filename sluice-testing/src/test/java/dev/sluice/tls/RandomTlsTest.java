package dev.sluice.tls;

import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.loop.Backend;
import dev.sluice.loop.Loop;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import dev.sluice.net.Memory;
import dev.sluice.net.OnEachBackend;
import dev.sluice.net.Tcp;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;

/// Random programs at both ends of TLS: writers and readers that are cancelled at any time, and ends that are said
/// or closed. What was written without an error before a clean close arrives once and in its order.
///
/// Over memory in virtual time; over TCP with each back end, from two loops and from outside of them.
/// `-Dsluice.seed=N` repeats a program.
@Tag("needs-opens")
class RandomTlsTest {
    private static final int SEEDS = 200;
    private static final int SEEDS_OF_SOCKETS = 50; // on each engine
    private static final int STEPS = 12;
    private static final int MOST_BYTES = 40 << 10;
    private static final TlsContext CLIENT = Certificates.client();
    private static final TlsContext SERVER = Certificates.server();

    @Simulated(seeds = SEEDS)
    void overMemory(Simulation simulation) throws IOException {
        Memory.Pair below = Memory.pair("test");
        new Program(simulation.random().nextLong(), 100, below.near(), below.far()).run();
    }

    @OnEachBackend
    void overTcp(Backend backend) throws Exception {
        Long only = Long.getLong("sluice.seed");
        LoopsConfig two =
                LoopsConfig.defaults().withCount(2).withBackend(backend).withStallLimit(ofSeconds(20));
        Sluice.run(two, () -> {
            try (Listener listener = Tcp.listen("127.0.0.1:0")) {
                for (long seed = only == null ? 0 : only; seed < (only == null ? SEEDS_OF_SOCKETS : only + 1); seed++) {
                    try {
                        Connection near = Tcp.connect(listener.address().place());
                        var program = new Program(seed, 200_000, near, listener.accept());
                        Deadline.after(ofSeconds(20)).named("program").run(program::run);
                    } catch (Throwable failure) {
                        failure.addSuppressed(new AssertionError("on " + backend + ", -Dsluice.seed=" + seed));
                        throw failure;
                    }
                }
            }
        });
    }

    /// One random program.
    private static final class Program {
        private final SplittableRandom random;
        private final int patience; // in nanoseconds
        private final Certificates.Pair ends;
        private final List<Loop> loops = Loop.current().loops().all();

        Program(long seed, int patience, Connection near, Connection far) throws IOException {
            this.random = new SplittableRandom(seed);
            this.patience = patience;
            this.ends = Certificates.shake(CLIENT, near, SERVER, far);
        }

        void run() throws IOException {
            boolean closesAtOnce = random.nextBoolean();
            var there = new Direction(ends.client(), ends.server());
            var back = new Direction(ends.server(), ends.client());
            TaskGroup.<IOException>run(group -> {
                group.startOn(anyLoop(), "server reads", there.reader());
                TaskGroup.<IOException>run(both -> {
                    both.startOn(anyLoop(), "server writes", back.writer(true));
                    both.startOn(anyLoop(), "client reads", back.reader());
                    both.startOn(anyLoop(), "client writes", there.writer(!closesAtOnce));
                });
                if (closesAtOnce) {
                    there.writeSome(new Dice(random.split()));
                    ends.client().close();
                }
            });
            for (TlsConnection end : new TlsConnection[] {ends.client(), ends.server()}) {
                end.close();
                assertThat(end.statistics().bytesPending()).as("pending").isZero();
            }
            there.check();
            back.check();
        }

        private Loop anyLoop() {
            return loops.get(random.nextInt(loops.size()));
        }

        /// What one task draws.
        private final class Dice {
            final SplittableRandom own;

            Dice(SplittableRandom own) {
                this.own = own;
            }

            /// Half of the calls end by themselves.
            boolean patiently(Action<IOException> action) throws IOException {
                if (own.nextBoolean()) {
                    action.run();
                    return true;
                }
                return Deadline.after(ofNanos(own.nextInt(patience))).tryRun(action);
            }

            /// Little more often than much.
            int size() {
                return 1 + own.nextInt(own.nextInt(4) > 0 ? 300 : MOST_BYTES);
            }

            void pass() {
                if (own.nextBoolean()) {
                    Sluice.yield();
                } else {
                    Sluice.sleep(ofNanos(own.nextInt(patience)));
                }
            }
        }

        /// What goes from one end to the other.
        ///
        /// Threads: a writer, a reader; the rest when both have ended.
        private final class Direction {
            private final TlsConnection from;
            private final TlsConnection to;
            private int written;
            private int read;

            Direction(TlsConnection from, TlsConnection to) {
                this.from = from;
                this.to = to;
            }

            /// @param says whether it says the end
            Action<IOException> writer(boolean says) {
                var dice = new Dice(random.split());
                return () -> {
                    for (int step = 0; step < STEPS; step++) {
                        if (dice.own.nextInt(3) == 0) {
                            dice.pass();
                        } else {
                            writeSome(dice);
                        }
                    }
                    while (says && !dice.patiently(from::closeOutput)) {}
                };
            }

            void writeSome(Dice dice) throws IOException {
                ByteBuffer bytes = ByteBuffer.allocate(dice.size());
                while (bytes.hasRemaining()) {
                    bytes.put(content(written + bytes.position()));
                }
                bytes.flip();
                if (dice.own.nextInt(8) == 0) {
                    Sluice.<IOException>offload(() -> from.write(bytes));
                } else {
                    dice.patiently(() -> from.write(bytes));
                }
                written += bytes.position();
            }

            Action<IOException> reader() {
                var dice = new Dice(random.split());
                return () -> {
                    while (readSome(dice)) {
                        if (dice.own.nextInt(3) == 0) {
                            dice.pass();
                        }
                    }
                };
            }

            /// @return false at the end
            private boolean readSome(Dice dice) throws IOException {
                ByteBuffer into = ByteBuffer.allocate(dice.size());
                int[] count = {0}; // none if it is cancelled
                dice.patiently(() -> count[0] = to.read(into));
                assertThat(into.position()).isEqualTo(Math.max(0, count[0]));
                for (int i = 0; i < count[0]; i++, read++) {
                    if (into.get(i) != content(read)) {
                        throw new AssertionError("byte " + read + " to " + to + " is another one");
                    }
                }
                return count[0] >= 0;
            }

            private static byte content(int at) {
                return (byte) (at ^ at >> 8 ^ at >> 16);
            }

            void check() {
                assertThat(read).as("bytes read").isEqualTo(written);
                assertThat(from.statistics().bytesWritten()).isEqualTo(written);
                assertThat(to.statistics().bytesRead()).isEqualTo(written);
            }
        }
    }
}
