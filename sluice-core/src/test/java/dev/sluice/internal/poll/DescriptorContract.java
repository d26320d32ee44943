package dev.sluice.internal.poll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.linux.Child;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.EventFd;
import dev.sluice.internal.linux.ExitStatus;
import dev.sluice.internal.linux.Fcntl;
import dev.sluice.internal.linux.Memory;
import dev.sluice.internal.linux.PidFd;
import dev.sluice.internal.linux.Poll;
import dev.sluice.internal.linux.Wait;
import dev.sluice.internal.poll.Rig.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every kind of descriptor, many at once, and numbers that are used again.
abstract class DescriptorContract extends CancelContract {
    @Test
    void readsAndWritesFiles(@TempDir Path directory) throws Exception {
        onLoop(rig -> {
            Path file = directory.resolve("file");
            int fd = rig.own(open(rig, file.toString(), Fcntl.O_RDWR | Fcntl.O_CREAT));
            Memory.copy(Child.bytes("0123456789"), 0, rig.buffer, 10);
            Recorded write = Recorded.write(fd, rig.buffer, 10).at(5);
            rig.perform(write);
            assertThat(write.result).isEqualTo(10);
            assertThat(Files.size(file)).isEqualTo(15);
            Recorded read = Recorded.read(fd, rig.buffer + 64, 4).at(8);
            rig.perform(read);
            assertThat(read.result).isEqualTo(4);
            assertThat(Memory.getByte(rig.buffer + 64)).isEqualTo((byte) '3');
            Recorded next = Recorded.read(fd, rig.buffer + 64, 100);
            rig.perform(next);
            assertThat(next.result).as("from its own position").isEqualTo(15);
            rig.perform(next);
            assertThat(next.result).as("the end").isZero();
            Recorded readable = Recorded.readable(fd);
            rig.perform(readable);
            assertThat(readable.result & Poll.POLLIN)
                    .as("a file is always readable")
                    .isNotZero();
        });
    }

    @Test
    void takesNullAndZero() throws Exception {
        onLoop(rig -> {
            int nothing = rig.own(open(rig, "/dev/null", Fcntl.O_RDWR));
            int zero = rig.own(open(rig, "/dev/zero", Fcntl.O_RDONLY));
            Recorded write = Recorded.write(nothing, rig.buffer, 100_000);
            Recorded end = Recorded.read(nothing, rig.buffer, 100);
            Recorded zeros = Recorded.read(zero, rig.buffer, 4_000);
            Memory.putLong(rig.buffer, -1);
            rig.perform(write, end, zeros);
            assertThat(write.result).isEqualTo(100_000);
            assertThat(end.result).isZero();
            assertThat(zeros.result).isEqualTo(4_000);
            assertThat(Memory.getLong(rig.buffer)).isZero();
        });
    }

    @Test
    void reportsWhatCannotBe() throws Exception {
        onLoop(rig -> {
            int unused = 7_777;
            Recorded[] all = {
                Recorded.read(unused, rig.buffer, 1).shared(),
                Recorded.write(unused, rig.buffer, 1).shared(),
                Recorded.readable(unused).shared(),
                Recorded.writable(unused).shared()
            };
            rig.perform(all);
            assertThat(all).allMatch(operation -> operation.result == -Errno.EBADF);
            int directory = rig.own(open(rig, "/", Fcntl.O_RDONLY));
            Recorded read = Recorded.read(directory, rig.buffer, 100);
            rig.perform(read);
            assertThat(read.result).isEqualTo(-21 /* EISDIR */);
            Pipe pipe = rig.pipe();
            rig.writeDirectly(pipe.out(), 10);
            Recorded nowhere = Recorded.read(pipe.in(), 8, 10);
            rig.perform(nowhere);
            assertThat(nowhere.result).as("an address that is not ours").isEqualTo(-14 /* EFAULT */);
        });
    }

    @Test
    void waitsForTheEndOfAProcess() throws Exception {
        onLoop(rig -> {
            Pipe pipe = rig.foreignPipe();
            int pid = Child.start(Child.shell("read line; exit 9").duplicate(pipe.in(), 0));
            int pidfd = rig.own(PidFd.open(rig.state, pid));
            Recorded ended = Recorded.readable(pidfd);
            rig.submit(ended);
            rig.settle();
            assertThat(ended.completions).as("it still reads").isZero();
            rig.closeForeign(pipe.in());
            rig.closeForeign(pipe.out());
            rig.await(ended);
            assertThat(ended.result & Poll.POLLIN).isNotZero();
            rig.perform(ended);
            assertThat(ended.result & Poll.POLLIN).as("it stays ended").isNotZero();
            assertThat(Wait.waitid(rig.state, pidfd, Wait.WEXITED | Wait.WNOHANG))
                    .isZero();
            assertThat(Wait.status(rig.state)).isEqualTo(new ExitStatus(9, 0, false));
        });
    }

    @Test
    void waitsForManyProcesses() throws Exception {
        onLoop(rig -> {
            var waits = new ArrayList<Recorded>();
            for (int i = 0; i < 40; i++) {
                int pid = Child.start(Child.shell("exit " + i));
                waits.add(Recorded.readable(rig.own(PidFd.open(rig.state, pid))));
            }
            rig.perform(waits.toArray(Recorded[]::new));
            for (int i = 0; i < waits.size(); i++) {
                assertThat(Wait.waitid(rig.state, waits.get(i).fd, Wait.WEXITED | Wait.WNOHANG))
                        .isZero();
                assertThat(Wait.status(rig.state)).isEqualTo(new ExitStatus(i, 0, false));
            }
        });
    }

    @Test
    void leavesNothingToTheNextDescriptorOfANumber() throws Exception {
        onLoop(rig -> {
            for (int round = 0; round < 200; round++) {
                Pipe old = rig.pipeAtFixedNumber();
                Recorded read = Recorded.read(old.in(), rig.buffer, 100);
                rig.submit(read);
                rig.poller.poll(0); // waits by now
                rig.writeDirectly(old.out(), 1); // and an event is under way
                rig.poller.cancel(read);
                rig.await(read);
                rig.close(old.in());
                Pipe fresh = rig.pipeAtFixedNumber();
                assertThat(fresh.in()).isEqualTo(old.in());
                Recorded next = Recorded.read(fresh.in(), rig.buffer, 100);
                rig.submit(next);
                rig.settle();
                assertThat(next.completions).as("round %d", round).isZero();
                assertThat(read.completions).isEqualTo(1);
                rig.writeDirectly(fresh.out(), 3);
                rig.await(next);
                assertThat(next.result).isEqualTo(3);
                rig.close(old.out());
                rig.close(fresh.in());
                rig.close(fresh.out());
            }
        });
    }

    @Test
    void doesNotMixUpEventsOfOneBatch() throws Exception {
        onLoop(rig -> {
            Pipe first = rig.pipe();
            Pipe second = rig.pipeAtFixedNumber();
            Recorded touch = Recorded.read(second.in(), rig.buffer, 100);
            rig.submit(touch); // so that the back end knows the second pipe
            rig.poller.poll(0);
            rig.writeDirectly(second.out(), 1);
            rig.await(touch);
            var next = new Recorded();
            Recorded closer = Recorded.read(first.in(), rig.buffer, 100).then(() -> {
                rig.close(second.in());
                Pipe fresh = rig.pipeAtFixedNumber();
                next.kind = Operation.Kind.READ;
                next.fd = fresh.in();
                next.address = rig.buffer;
                next.length = 10;
                rig.submit(next);
            });
            rig.submit(closer);
            rig.settle();
            rig.writeDirectly(first.out(), 1);
            rig.writeDirectly(second.out(), 1); // its event comes with that of the first
            rig.await(closer);
            rig.settle();
            assertThat(next.fd).isEqualTo(touch.fd);
            assertThat(next.completions)
                    .as("nothing was written to the new pipe")
                    .isZero();
            rig.poller.cancel(next);
            rig.await(next);
        });
    }

    @Test
    void keepsHundredsWaiting() throws Exception {
        long seed = new Random().nextLong();
        onLoop(new PollerConfig(8, 16, 10_000), rig -> {
            var random = new Random(seed);
            var pipes = new ArrayList<Pipe>();
            var reads = new ArrayList<Recorded>();
            for (int i = 0; i < 200; i++) {
                Pipe pipe = rig.pipe();
                pipes.add(pipe);
                for (int k = 0; k < 10; k++) {
                    reads.add(Recorded.read(pipe.in(), rig.buffer + i, 1));
                }
            }
            reads.forEach(rig::submit);
            rig.settle();
            assertThat(rig.poller.inFlight()).isEqualTo(2_000);
            while (!pipes.isEmpty()) {
                rig.writeDirectly(pipes.remove(random.nextInt(pipes.size())).out(), 10);
                if (random.nextInt(10) == 0) {
                    rig.poller.poll(0);
                }
            }
            while (rig.poller.inFlight() > 0) {
                rig.poller.poll(Long.MAX_VALUE);
            }
            assertThat(reads).as("seed=%d", seed).allMatch(read -> read.completions == 1 && read.result == 1);
        });
    }

    @Test
    void takesMoreThanTheRingsHold() throws Exception {
        onLoop(rig -> {
            int nothing = rig.own(open(rig, "/dev/null", Fcntl.O_WRONLY));
            var writes = new ArrayList<Recorded>();
            for (int i = 0; i < 20_000; i++) {
                writes.add(Recorded.write(nothing, rig.buffer, i));
            }
            writes.forEach(rig::submit);
            while (rig.poller.inFlight() > 0) {
                rig.poller.poll(Long.MAX_VALUE);
            }
            for (int i = 0; i < writes.size(); i++) {
                assertThat(writes.get(i).completions).isEqualTo(1);
                assertThat(writes.get(i).result).isEqualTo(i);
            }
            rig.poller.wakeup();
            rig.poller.poll(Long.MAX_VALUE); // the overflow has not cost the wake-up
        });
    }

    @Test
    void cancelsWhatIsInFlightWhenItCloses() throws Exception {
        onLoop(rig -> {
            var operations = new ArrayList<Recorded>();
            for (int i = 0; i < 50; i++) {
                Pipe pipe = rig.pipe();
                operations.add(Recorded.read(pipe.in(), rig.buffer, 1));
                operations.add(Recorded.readable(pipe.in()));
            }
            operations.subList(0, 90).forEach(rig::submit);
            rig.settle();
            operations.subList(90, 100).forEach(rig::submit); // not even tried
            Recorded late = Recorded.read(operations.get(0).fd, rig.buffer, 1);
            operations.get(5).then(() -> rig.submit(late));
            rig.closePoller();
            assertThat(operations).allMatch(o -> o.completions == 1 && o.result == -Errno.ECANCELED);
            assertThat(late.result).as("submitted while it closes").isEqualTo(-Errno.ECANCELED);
            assertThat(rig.poller.inFlight()).isZero();
        });
    }

    @Test
    void closesWithoutHavingBeenOpened() throws Exception {
        create(PollerConfig.defaults()).close();
    }

    @Test
    void doesNotWakeWhoeverGetsItsDescriptorNext() throws Exception {
        onLoop(rig -> {
            rig.closePoller();
            var counters = new ArrayList<Integer>(); // some of them under the numbers that the poller had
            for (int i = 0; i < 20; i++) {
                counters.add(EventFd.eventfd(rig.state, 0, EventFd.EFD_CLOEXEC | EventFd.EFD_NONBLOCK));
            }
            rig.poller.wakeup();
            for (int counter : counters) {
                assertThat(Poll.poll(rig.state, counter, Poll.POLLIN))
                        .as("written to %d", counter)
                        .isZero();
            }
            counters.forEach(rig::closeForeign);
        });
    }

    static int open(Rig rig, String path, int flags) {
        return Fcntl.open(rig.state, Child.bytes(path), flags | Fcntl.O_CLOEXEC, 0600);
    }
}
