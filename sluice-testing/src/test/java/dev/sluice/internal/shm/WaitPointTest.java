package dev.sluice.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.codec.Codec;
import dev.sluice.internal.shm.WaitThread.Chores;
import dev.sluice.space.Pipe;
import dev.sluice.space.Space;
import dev.sluice.testing.Actors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
class WaitPointTest {
    private static final int ROUNDS = Integer.getInteger("sluice.rounds", 1000);

    @RegisterExtension
    final Shared shared = new Shared();

    /// The thread of a process looks, finds nothing, and sleeps at the word that it has seen. A ring between
    /// the look and the sleep changes that word, so that the kernel does not let it sleep.
    @Test
    void aRingInTheMiddleOfALookIsNotSlept() throws Exception {
        try (SharedFile file = SharedFile.open(shared.directory(), "a", Shared.request(8), Shared.PLAIN)) {
            file.join(_ -> () -> {});
            long offset = file.body();
            file.memory().putLong(offset, 0);
            AtomicBoolean open = new AtomicBoolean();
            AtomicReference<Runnable> afterTheLook = new AtomicReference<>(() -> {});
            WaitPoint elsewhere = new WaitPoint(file, offset, () -> true);
            WaitPoint point = new WaitPoint(file, offset, () -> {
                boolean seen = open.get();
                afterTheLook.getAndSet(() -> {}).run();
                return seen;
            });
            Thread waiter = Thread.ofPlatform().start(() -> {
                while (!open.get()) {
                    point.await("a ring");
                }
            });
            Actors.await("it waits", () -> point.waiting() == 1 && waiter.getState() == Thread.State.WAITING);
            int[] sleepAt = new int[1];
            file.tend(
                    () -> { // the thread that does it otherwise keeps out
                        afterTheLook.set(() -> {
                            open.set(true);
                            elsewhere.ring();
                        });
                        sleepAt[0] = point.look();
                        return 0;
                    },
                    0);
            assertThat(file.memory().getIntVolatile(offset)).isNotEqualTo(sleepAt[0]);
            point.ring();
            file.tend(point::look, 0);
            waiter.join();
            WaitThread.remove(new Nothing(file), List.of(point));
        }
    }

    private record Nothing(SharedFile file) implements Chores {
        @Override
        public long doChores() {
            return WaitThread.TICK_NANOS;
        }
    }

    /// Two processes hand a message back and forth; where one wake is lost, a round takes a tick.
    @Test
    void twoProcessesWakeEachOther() throws Exception {
        String address = "shm:sluice-test-" + UUID.randomUUID();
        Process partner = start(address);
        try (Space space = Space.open(address)) {
            Pipe<String> pipe = space.pipe("ball", Codec.utf8(), Pipe.Options.defaults());
            for (int round = 0; round < ROUNDS; round++) {
                String ball = String.valueOf(round);
                pipe.send(ball);
                assertThat(pipe.receive()).isEqualTo(ball);
            }
            pipe.close();
            assertThat(partner.waitFor()).isZero();
        } finally {
            partner.destroyForcibly().waitFor();
            Shared.destroy(address);
        }
    }

    private static Process start(String address) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Partner.class.getName(), address));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /// Sends back what it receives, until the other end is closed.
    static final class Partner {
        private Partner() {}

        static void main(String[] arguments) {
            try (Space space = Space.open(arguments[0])) {
                Pipe<String> pipe = space.pipe("ball", Codec.utf8(), Pipe.Options.defaults());
                for (String ball : pipe) {
                    pipe.send(ball);
                }
            }
        }
    }
}
