package dev.sluice.internal.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.EventFd;
import dev.sluice.internal.linux.Fcntl;
import dev.sluice.internal.linux.Memory;
import dev.sluice.internal.linux.Poll;
import dev.sluice.internal.poll.Rig.Pipe;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What every poller that performs operations does with them.
abstract class PollerContract extends SleepContract {
    @Test
    void movesBytesThroughAPipe() throws Exception {
        onLoop(rig -> {
            Pipe pipe = rig.pipe();
            Memory.putLong(rig.buffer, 0x0102030405060708L);
            Recorded write = Recorded.write(pipe.out(), rig.buffer, 8);
            Recorded read = Recorded.read(pipe.in(), rig.buffer + 64, 100);
            rig.perform(write);
            rig.perform(read);
            assertThat(write.result).isEqualTo(8);
            assertThat(read.result).isEqualTo(8);
            assertThat(Memory.getLong(rig.buffer + 64)).isEqualTo(0x0102030405060708L);
        });
    }

    @Test
    void completesNothingInsideSubmit() throws Exception {
        onLoop(rig -> {
            Pipe pipe = rig.pipe();
            Recorded write = Recorded.write(pipe.out(), rig.buffer, 8);
            rig.submit(write);
            assertThat(write.completions).isZero();
            assertThat(rig.poller.inFlight()).isEqualTo(1);
            rig.await(write);
            assertThat(rig.poller.inFlight()).isZero();
        });
    }

    @Test
    void waitsForDataToCome() throws Exception {
        onLoop(rig -> {
            Pipe pipe = rig.pipe();
            Recorded read = Recorded.read(pipe.in(), rig.buffer, 100);
            for (int length = 1; length < 50; length++) {
                rig.submit(read);
                rig.settle();
                assertThat(rig.poller.inFlight()).isEqualTo(1);
                assertThat(rig.writeDirectly(pipe.out(), length)).isEqualTo(length);
                rig.await(read);
                assertThat(read.result).isEqualTo(length);
            }
            assertThat(read.completions).isEqualTo(49);
        });
    }

    @Test
    void seesTheEnd() throws Exception {
        onLoop(rig -> {
            Pipe pipe = rig.pipe();
            Recorded read = Recorded.read(pipe.in(), rig.buffer, 100);
            rig.submit(read);
            rig.settle();
            rig.writeDirectly(pipe.out(), 5);
            rig.close(pipe.out()); // data and end at once
            rig.await(read);
            assertThat(read.result).isEqualTo(5);
            for (int i = 0; i < 3; i++) {
                rig.perform(read);
                assertThat(read.result).as("the end stays").isZero();
            }
        });
    }

    @Test
    void seesTheEndWhileWaiting() throws Exception {
        onLoop(rig -> {
            Pipe pipe = rig.pipe();
            Recorded read = Recorded.read(pipe.in(), rig.buffer, 100);
            rig.writeDirectly(pipe.out(), 5);
            rig.perform(read);
            rig.submit(read);
            rig.settle();
            rig.close(pipe.out());
            rig.await(read);
            assertThat(read.result).isZero();
        });
    }

    @Test
    void seesTheBrokenPipe() throws Exception {
        onLoop(rig -> {
            Pipe pipe = rig.pipe();
            rig.fill(pipe);
            Recorded write = Recorded.write(pipe.out(), rig.buffer, 100);
            rig.submit(write);
            rig.settle();
            assertThat(write.completions).as("the pipe is full").isZero();
            rig.close(pipe.in());
            rig.await(write);
            assertThat(write.result).isEqualTo(-Errno.EPIPE);
            rig.perform(write);
            assertThat(write.result).as("and from then on").isEqualTo(-Errno.EPIPE);
        });
    }

    @Test
    void writesWhatFits() throws Exception {
        onLoop(rig -> {
            Pipe pipe = rig.pipe();
            int size = Fcntl.setPipeSize(rig.state, pipe.in(), 4096);
            Recorded write = Recorded.write(pipe.out(), rig.buffer, 3 * size);
            rig.perform(write);
            assertThat(write.result).as("a short write").isEqualTo(size);
            rig.submit(write);
            rig.settle();
            assertThat(write.completions).as("the pipe is full").isEqualTo(1);
            assertThat(rig.readDirectly(pipe.in(), size)).isEqualTo(size);
            rig.await(write);
            assertThat(write.result).isEqualTo(size);
        });
    }

    @Test
    void carriesMuchAtOnce() throws Exception {
        long seed = new Random().nextLong();
        onLoop(rig -> {
            var transfer = new Transfer(rig, rig.pipe(), 24 << 20, seed);
            transfer.run();
            assertThat(transfer.mismatch())
                    .as("first wrong byte, seed=%d", seed)
                    .isEqualTo(-1);
        });
    }

    @Test
    void readsAndWritesOneDescriptorAtOnce() throws Exception {
        onLoop(rig -> {
            int counter = rig.own(EventFd.eventfd(rig.state, 0, EventFd.EFD_CLOEXEC));
            Memory.putLong(rig.buffer, 7);
            Recorded read = Recorded.read(counter, rig.buffer + 64, 8);
            Recorded write = Recorded.write(counter, rig.buffer, 8);
            for (int i = 0; i < 100; i++) {
                rig.submit(read);
                rig.settle();
                rig.perform(write);
                while (read.completions <= i) {
                    rig.poller.poll(Long.MAX_VALUE);
                }
                assertThat(read.result).isEqualTo(8);
                assertThat(Memory.getLong(rig.buffer + 64)).isEqualTo(7);
            }
        });
    }

    @Test
    void keepsSeveralReadsOfOneDescriptor() throws Exception {
        onLoop(rig -> {
            Pipe pipe = rig.pipe();
            var reads = new ArrayList<Recorded>();
            for (int i = 0; i < 10; i++) {
                reads.add(Recorded.read(pipe.in(), rig.buffer + 1024 + i, 1));
            }
            reads.forEach(rig::submit);
            rig.settle();
            rig.writeDirectly(pipe.out(), 10);
            rig.await(reads.toArray(Recorded[]::new));
            assertThat(reads).allMatch(read -> read.result == 1 && read.completions == 1);
        });
    }

    @Test
    void waitsForReadiness() throws Exception {
        onLoop(rig -> {
            Pipe pipe = rig.pipe();
            Recorded readable = Recorded.readable(pipe.in());
            Recorded writable = Recorded.writable(pipe.out());
            rig.perform(writable);
            assertThat(writable.result & Poll.POLLOUT).isNotZero();
            rig.submit(readable);
            rig.settle();
            assertThat(readable.completions).isZero();
            rig.writeDirectly(pipe.out(), 1);
            rig.await(readable);
            assertThat(readable.result & Poll.POLLIN).isNotZero();
            rig.perform(readable);
            assertThat(readable.result & Poll.POLLIN).as("it still is").isNotZero();
            rig.fill(pipe);
            rig.submit(writable);
            rig.settle();
            assertThat(writable.completions).isEqualTo(1);
            rig.close(pipe.in());
            rig.await(writable);
            assertThat(writable.result & Poll.POLLERR).isNotZero();
        });
    }

    @Test
    void seesWhatEndsWithoutSleeping() throws Exception {
        onLoop(new PollerConfig(8, 16, 1_000), rig -> {
            Pipe pipe = rig.pipe();
            for (int count : new int[] {1, 200}) { // also more than fit into the completion ring
                var reads = new ArrayList<Recorded>();
                for (int i = 0; i < count; i++) {
                    reads.add(Recorded.read(pipe.in(), rig.buffer, 1));
                }
                reads.forEach(rig::submit);
                rig.poller.poll(0);
                rig.writeDirectly(pipe.out(), count);
                while (rig.poller.inFlight() > 0) {
                    rig.poller.poll(0); // a loop with other work never sleeps
                }
                assertThat(reads).allMatch(read -> read.completions == 1 && read.result == 1);
            }
        });
    }

    @Test
    void submitsFromInsideACompletion() throws Exception {
        onLoop(rig -> {
            Pipe pipe = rig.pipe();
            Recorded write = Recorded.write(pipe.out(), rig.buffer, 8);
            Recorded read = Recorded.read(pipe.in(), rig.buffer, 8);
            int rounds = 5_000;
            read.then(() -> {
                if (read.completions < rounds) {
                    rig.submit(read, write);
                }
            });
            rig.submit(read, write);
            while (read.completions < rounds || write.completions < rounds) {
                rig.poller.poll(Long.MAX_VALUE);
            }
            assertThat(read.result).isEqualTo(8);
        });
    }

    @Test
    void losesNothingWhenACompletionThrows() throws Exception {
        onLoop(rig -> {
            var operations = new ArrayList<Recorded>();
            Pipe pipe = rig.pipe();
            for (int i = 0; i < 20; i++) {
                Recorded write = Recorded.write(pipe.out(), rig.buffer, 1);
                operations.add(
                        i % 3 == 0
                                ? write.then(() -> {
                                    throw new IllegalStateException("thrown");
                                })
                                : write);
            }
            operations.forEach(rig::submit);
            assertThat(throwsUntilIdle(rig)).isEqualTo(7);
            assertThat(operations).allMatch(operation -> operation.completions == 1 && operation.result == 1);
        });
    }

    /// Polls until nothing is in flight; how many polls passed on what a completion threw.
    private static int throwsUntilIdle(Rig rig) {
        int thrown = 0;
        while (rig.poller.inFlight() > 0) {
            try {
                rig.poller.poll(Long.MAX_VALUE);
            } catch (IllegalStateException expected) {
                assertThat(expected).hasMessage("thrown");
                thrown++;
            }
        }
        return thrown;
    }

    @Test
    void losesNoEventWhenACompletionThrows() throws Exception {
        onLoop(rig -> {
            var pipes = new ArrayList<Pipe>();
            var reads = new ArrayList<Recorded>();
            for (int i = 0; i < 10; i++) {
                Pipe pipe = rig.pipe();
                pipes.add(pipe);
                reads.add(Recorded.read(pipe.in(), rig.buffer, 10).then(() -> {
                    throw new IllegalStateException("thrown");
                }));
            }
            reads.forEach(rig::submit);
            rig.settle();
            pipes.forEach(pipe -> rig.writeDirectly(pipe.out(), 3)); // ten events in one batch
            assertThat(throwsUntilIdle(rig)).isEqualTo(10);
            assertThat(reads).allMatch(read -> read.completions == 1 && read.result == 3);
        });
    }

    @Test
    void doesNotCancelWhatHasEnded() throws Exception {
        onLoop(rig -> {
            Pipe pipe = rig.pipe();
            Recorded second = Recorded.write(pipe.out(), rig.buffer, 2);
            Recorded first = Recorded.write(pipe.out(), rig.buffer, 1).then(() -> rig.poller.cancel(second));
            rig.perform(first, second);
            assertThat(second.result).as("written in the same poll").isEqualTo(2);
        });
    }

    @Test
    void limitsWhatIsInFlight() throws Exception {
        onLoop(new PollerConfig(8, 16, 100), rig -> {
            Pipe pipe = rig.pipe();
            var reads = new ArrayList<Recorded>();
            for (int i = 0; i < 100; i++) {
                reads.add(Recorded.read(pipe.in(), rig.buffer, 1));
            }
            reads.forEach(rig::submit);
            Recorded oneTooMany = Recorded.read(pipe.in(), rig.buffer, 1);
            assertThatThrownBy(() -> rig.submit(oneTooMany))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("inFlight=100, expected less than maxOperations=100");
            assertThat(oneTooMany.slot).isEqualTo(-1);
            reads.forEach(rig.poller::cancel);
            rig.await(reads.toArray(Recorded[]::new));
            rig.submit(oneTooMany);
            rig.poller.cancel(oneTooMany);
            rig.await(oneTooMany);
        });
    }

    @Test
    void counts() throws Exception {
        onLoop(rig -> {
            Pipe pipe = rig.pipe();
            Recorded read = Recorded.read(pipe.in(), rig.buffer, 1);
            rig.submit(read);
            rig.poller.cancel(read);
            rig.await(read);
            rig.poller.wakeup();
            rig.poller.poll(Long.MAX_VALUE);
            PollerStatistics statistics = rig.poller.statistics();
            assertThat(statistics.submitted()).isEqualTo(1);
            assertThat(statistics.completed()).isEqualTo(1);
            assertThat(statistics.cancels()).isEqualTo(1);
            assertThat(statistics.wakeups()).isEqualTo(1);
            assertThat(statistics.stale()).isZero();
            assertThat(statistics.systemCalls()).isPositive();
        });
    }
}
