package dev.sluice.internal.poll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Fcntl;
import dev.sluice.internal.linux.Unistd;
import dev.sluice.internal.poll.Rig.Pipe;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Cancelling: exactly one completion, nothing lost, the descriptor as usable as before.
abstract class CancelContract extends PollerContract {
    private static final int ROUNDS = 4_000;

    @Test
    void cancelsBeforeAnythingWasDone() throws Exception {
        onLoop(rig -> {
            Pipe pipe = rig.pipe();
            Recorded read = Recorded.read(pipe.in(), rig.buffer, 100);
            rig.submit(read);
            rig.poller.cancel(read);
            assertThat(read.completions).as("not inside cancel").isZero();
            rig.await(read);
            assertThat(read.result).isEqualTo(-Errno.ECANCELED);
            rig.settle();
            assertThat(read.completions).isEqualTo(1);
        });
    }

    @Test
    void cancelsWhileWaiting() throws Exception {
        onLoop(rig -> {
            Pipe pipe = rig.pipe();
            rig.fill(pipe);
            Pipe empty = rig.pipe();
            Recorded[] all = {
                Recorded.read(empty.in(), rig.buffer, 100),
                Recorded.write(pipe.out(), rig.buffer, 100),
                Recorded.readable(empty.in()),
                Recorded.writable(pipe.out())
            };
            for (int round = 0; round < 3; round++) {
                rig.submit(all);
                rig.settle();
                for (Recorded operation : all) {
                    rig.poller.cancel(operation);
                    rig.poller.cancel(operation); // twice is as good as once
                }
                rig.await(all);
                assertThat(all).allMatch(operation -> operation.result == -Errno.ECANCELED);
            }
            rig.writeDirectly(empty.out(), 3);
            rig.perform(all[0]);
            assertThat(all[0].result).as("usable as before").isEqualTo(3);
        });
    }

    @Test
    void ignoresACancelAfterTheEnd() throws Exception {
        onLoop(rig -> {
            Pipe pipe = rig.pipe();
            Recorded write = Recorded.write(pipe.out(), rig.buffer, 4);
            rig.perform(write);
            rig.poller.cancel(write);
            rig.settle();
            assertThat(write.completions).isEqualTo(1);
            rig.perform(write);
            assertThat(write.result).as("the next one is not hit").isEqualTo(4);
        });
    }

    @Test
    void cancelsFromInsideACompletion() throws Exception {
        onLoop(rig -> {
            Pipe pipe = rig.pipe();
            Pipe other = rig.pipe();
            Recorded victim = Recorded.read(pipe.in(), rig.buffer, 100);
            Recorded killer = Recorded.read(other.in(), rig.buffer, 100).then(() -> rig.poller.cancel(victim));
            rig.submit(victim, killer);
            rig.settle();
            rig.writeDirectly(other.out(), 1);
            rig.await(killer, victim);
            assertThat(victim.result).isEqualTo(-Errno.ECANCELED);
        });
    }

    @Test
    void losesNoByteWhenCancelAndDataMeet() throws Exception {
        long seed = new Random().nextLong();
        onLoop(rig -> {
            var random = new Random(seed);
            Pipe pipe = rig.pipe();
            Recorded read = Recorded.read(pipe.in(), rig.buffer + 64, 1);
            int written = 0;
            int received = 0;
            int cancelled = 0;
            for (int round = 0; round < ROUNDS; round++) {
                rig.submit(read);
                for (int step : shuffled(random)) {
                    switch (step) {
                        case 0 -> written += rig.writeDirectly(pipe.out(), 1);
                        case 1 -> rig.poller.cancel(read);
                        default -> rig.poller.poll(0);
                    }
                }
                while (read.completions <= round) {
                    rig.poller.poll(Long.MAX_VALUE);
                }
                assertThat(read.completions).isEqualTo(round + 1);
                if (read.result == 1) {
                    received++;
                } else {
                    assertThat(read.result).as("seed=%d", seed).isEqualTo(-Errno.ECANCELED);
                    cancelled++;
                    received += rig.readDirectly(pipe.in(), 100); // what was not read is still there
                }
                assertThat(received)
                        .as("bytes in round %d, seed=%d", round, seed)
                        .isEqualTo(written);
            }
            assertThat(cancelled).as("both ends happen").isBetween(1, ROUNDS - 1);
        });
    }

    @Test
    void losesNoByteWhenAnotherThreadWrites() throws Exception {
        long seed = new Random().nextLong();
        onLoop(rig -> {
            var random = new Random(seed);
            Pipe pipe = rig.pipe();
            var turn = new AtomicInteger();
            var writer = new Thread(() -> {
                var state = new CallState();
                for (int round = 1; round <= ROUNDS; round++) {
                    while (turn.get() < round) {
                        Thread.onSpinWait();
                    }
                    Unistd.write(state, pipe.out(), rig.buffer, 1);
                }
            });
            writer.start();
            Recorded read = Recorded.read(pipe.in(), rig.buffer + 64, 1);
            for (int round = 1; round <= ROUNDS; round++) {
                rig.submit(read);
                rig.poller.poll(0);
                turn.set(round);
                for (int spins = random.nextInt(300); spins > 0; spins--) {
                    Thread.onSpinWait();
                }
                rig.poller.cancel(read);
                while (read.completions < round) {
                    rig.poller.poll(Long.MAX_VALUE);
                }
                if (read.result == -Errno.ECANCELED) {
                    Recorded rest = Recorded.read(pipe.in(), rig.buffer, 1);
                    rig.perform(rest); // hangs if the byte was lost
                    assertThat(rest.result).isEqualTo(1);
                } else {
                    assertThat(read.result).as("seed=%d", seed).isEqualTo(1);
                }
            }
            writer.join();
        });
    }

    @Test
    void cancelsMoreThanTheRingsHold() throws Exception {
        onLoop(new PollerConfig(8, 16, 10_000), rig -> {
            Pipe pipe = rig.pipe();
            var reads = new ArrayList<Recorded>();
            for (int i = 0; i < 1_000; i++) {
                reads.add(Recorded.read(pipe.in(), rig.buffer, 1));
            }
            reads.forEach(rig::submit);
            reads.subList(0, 300).forEach(rig.poller::cancel);
            rig.settle();
            reads.subList(300, 1_000).forEach(rig.poller::cancel);
            while (rig.poller.inFlight() > 0) {
                rig.poller.poll(Long.MAX_VALUE);
            }
            assertThat(reads).allMatch(read -> read.completions == 1 && read.result == -Errno.ECANCELED);
            assertThat(rig.poller.statistics().stale()).isZero();
        });
    }

    @Test
    void cancelsOnANonBlockingDescriptor() throws Exception {
        onLoop(rig -> {
            Pipe pipe = rig.pipe();
            assertThat(Fcntl.setStatusFlags(rig.state, pipe.in(), Fcntl.O_NONBLOCK))
                    .isZero();
            Recorded read = Recorded.read(pipe.in(), rig.buffer, 100);
            for (int polls = 0; polls < 5; polls++) {
                rig.submit(read);
                for (int i = 0; i < polls; i++) {
                    rig.poller.poll(0);
                }
                rig.poller.cancel(read);
                rig.await(read);
                assertThat(read.result).as("after %d polls", polls).isEqualTo(-Errno.ECANCELED);
            }
            rig.submit(read);
            rig.settle();
            rig.writeDirectly(pipe.out(), 9);
            rig.await(read);
            assertThat(read.result).isEqualTo(9);
        });
    }

    private static int[] shuffled(Random random) {
        int[] steps = {0, 1, 2, 2};
        for (int i = steps.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int step = steps[i];
            steps[i] = steps[j];
            steps[j] = step;
        }
        return steps;
    }
}
