package dev.sluice.process;

import static java.time.Duration.ofNanos;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.internal.linux.DescriptorLeaks;
import dev.sluice.internal.testkit.Patience;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.io.LimitExceededException;
import dev.sluice.io.StreamException;
import dev.sluice.loop.Backend;
import dev.sluice.loop.Loop;
import dev.sluice.task.Deadline;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Programs of all sorts, started, used from two loops, cut short at random moments: nothing is left, nothing
/// hangs, and what was not cut short is right.
@ExtendWith({Guarded.class, DescriptorLeaks.class})
class RandomProcessTest {
    private static final int RUNS = 150;
    private static final int WORKERS = 8;

    /// To replay a failure: `-Dsluice.test.seed=N`.
    private static final long SEED = Long.getLong("sluice.test.seed", System.nanoTime());

    @ParameterizedTest
    @CsvSource({"IO_URING, 0", "IO_URING, 1", "EPOLL, 0", "EPOLL, 1", "NIO, 0"})
    void nothingIsLeft(Backend backend, int round) throws Exception {
        long seed = SEED + round;
        System.out.println("random processes: " + backend + " -Dsluice.test.seed=" + seed);
        var whole = new AtomicInteger();
        var cut = new AtomicInteger();
        TestLoops.run(TestLoops.config(2).withBackend(backend), () -> {
            Loop other = Loop.current().loops().loop(1);
            try (var group = TaskGroup.open()) {
                for (int worker = 0; worker < WORKERS; worker++) {
                    var random = new Random(seed * WORKERS + worker);
                    group.start("worker " + worker, () -> {
                        for (int i = 0; i < RUNS / WORKERS; i++) {
                            long nanos = (long) Math.pow(10, 4 + random.nextDouble() * 4); // 10 µs to 100 ms
                            boolean done = Deadline.after(ofNanos(nanos)).tryRun(() -> one(random, other));
                            (done ? whole : cut).incrementAndGet();
                        }
                    });
                }
                group.join();
            }
        });
        System.out.println("whole=" + whole + " cut=" + cut);
        assertThat(whole.get() + cut.get()).isEqualTo(RUNS / WORKERS * WORKERS);
        Patience.until("no child is left", () -> Procs.children().isEmpty());
    }

    private static void one(Random random, Loop other) throws IOException {
        int size = random.nextInt(200_000);
        switch (random.nextInt(6)) {
            case 0 ->
                assertThat(Command.of("cat").stdin(Input.of(new byte[size])).output(size))
                        .hasSize(size);
            case 1 -> {
                ProcessResult result = Command.of(
                                "/bin/sh", "-c", "head -c " + size + " /dev/zero >&2; sleep 0.01 & exit 3")
                        .run();
                assertThat(result.exit()).isEqualTo(new Exit.Exited(3));
                assertThat(result.stderr()).hasSize(size);
            }
            case 2 -> limited();
            case 3 -> fromAnotherLoop(size, other);
            case 4 -> {
                Child child = Command.of("sleep", "0.02").start();
                if (random.nextBoolean()) {
                    child.exit();
                }
            }
            default -> {
                try (Child child = Command.of("/bin/sh", "-c", "trap 'exit 5' TERM; sleep 1000 & wait")
                        .start()) {
                    Sluice.sleep(ofNanos(random.nextInt(3_000_000)));
                    child.signal(15);
                    child.exit();
                }
            }
        }
    }

    private static void limited() throws IOException {
        try {
            Command.of("yes").output(10_000);
            throw new AssertionError("no limit");
        } catch (LimitExceededException expected) {
            assertThat(expected.limit()).isEqualTo(10_000);
        }
    }

    private static void fromAnotherLoop(int size, Loop other) throws IOException {
        try (Child child = Command.of("cat").stdin(Input.piped()).start();
                var group = TaskGroup.open()) {
            Task<byte[]> read =
                    group.startOn(other, "read", () -> child.stdout().readAllBytes(size));
            Task<Void> write = group.startOn(other, "write", () -> {
                child.stdin().write(new byte[size]);
                child.stdin().close();
            });
            group.join();
            assertThat(write.isDone()).isTrue();
            assertThat(read.get()).hasSize(size);
            assertThat(child.exit()).isEqualTo(new Exit.Exited(0));
        } catch (StreamException cut) {
            throw new AssertionError(cut);
        }
    }
}
