package dev.sluice.internal.poll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Fcntl;
import dev.sluice.internal.linux.Poll;
import dev.sluice.internal.linux.Stat;
import dev.sluice.internal.poll.Rig.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Descriptors that other processes use too, as the standard streams: not prepared, their flags untouched, and
/// the loop never blocks.
abstract class SharedDescriptorContract extends DescriptorContract {
    @Test
    void leavesTheFlagsOfASharedDescriptorAlone() throws Exception {
        onLoop(rig -> {
            Pipe pipe = rig.foreignPipe();
            Recorded read = Recorded.read(pipe.in(), rig.buffer, 100).shared();
            Recorded write = Recorded.write(pipe.out(), rig.buffer, 100).shared();
            rig.submit(read);
            rig.settle();
            assertThat(read.completions).isZero();
            rig.perform(write);
            while (read.completions == 0) {
                rig.poller.poll(Long.MAX_VALUE);
            }
            assertThat(read.result).isEqualTo(100);
            assertThat(Fcntl.getStatusFlags(rig.state, pipe.in())).isEqualTo(Fcntl.O_RDONLY);
            assertThat(Fcntl.getStatusFlags(rig.state, pipe.out())).isEqualTo(Fcntl.O_WRONLY);
            closeBoth(rig, pipe);
        });
    }

    @Test
    void doesNotBlockOnAFullSharedPipe() throws Exception {
        onLoop(rig -> {
            Pipe pipe = rig.foreignPipe();
            int capacity = Fcntl.getPipeSize(rig.state, pipe.in());
            Recorded write =
                    Recorded.write(pipe.out(), rig.buffer, 2 * capacity).shared();
            int total = 0;
            while (total < capacity) {
                rig.perform(write);
                assertThat(write.result).isPositive();
                total += write.result;
            }
            int completions = write.completions;
            rig.submit(write);
            rig.settle();
            assertThat(write.completions).as("the pipe is full").isEqualTo(completions);
            rig.readDirectly(pipe.in(), capacity);
            rig.await(write);
            assertThat(write.result).isPositive();
            closeBoth(rig, pipe);
        });
    }

    @Test
    void carriesMuchThroughASharedPipe() throws Exception {
        long seed = new Random().nextLong();
        onLoop(rig -> {
            Pipe pipe = rig.foreignPipe();
            var transfer = new Transfer(rig, pipe, 4 << 20, seed).shared();
            transfer.run();
            assertThat(transfer.mismatch())
                    .as("first wrong byte, seed=%d", seed)
                    .isEqualTo(-1);
            closeBoth(rig, pipe);
        });
    }

    @Test
    void takesASharedDescriptorThatDoesNotBlock() throws Exception {
        onLoop(rig -> {
            Pipe pipe = rig.foreignPipe(); // as left by a program that set the flag on what it shares with us
            assertThat(Fcntl.setStatusFlags(rig.state, pipe.in(), Fcntl.O_NONBLOCK))
                    .isZero();
            assertThat(Fcntl.setStatusFlags(rig.state, pipe.out(), Fcntl.O_NONBLOCK | Fcntl.O_WRONLY))
                    .isZero();
            Recorded read = Recorded.read(pipe.in(), rig.buffer, 100).shared();
            rig.submit(read);
            rig.settle();
            assertThat(read.completions).as("no EAGAIN comes through").isZero();
            rig.writeDirectly(pipe.out(), 7);
            rig.await(read);
            assertThat(read.result).isEqualTo(7);
            var transfer = new Transfer(rig, pipe, 4 << 20, 1).shared();
            transfer.run();
            assertThat(transfer.mismatch()).isEqualTo(-1);
            closeBoth(rig, pipe);
        });
    }

    @Test
    void cancelsOnASharedDescriptor() throws Exception {
        onLoop(rig -> {
            Pipe pipe = rig.foreignPipe();
            Recorded read = Recorded.read(pipe.in(), rig.buffer, 100).shared();
            for (int round = 0; round < 3; round++) {
                rig.submit(read);
                rig.settle();
                rig.poller.cancel(read);
                rig.await(read);
                assertThat(read.result).isEqualTo(-Errno.ECANCELED);
            }
            rig.writeDirectly(pipe.out(), 2);
            assertThat(rig.readDirectly(pipe.in(), 100))
                    .as("what came after the cancel is not taken")
                    .isEqualTo(2);
            closeBoth(rig, pipe);
        });
    }

    @Test
    void waitsInBothDirectionsOfASharedDescriptor() throws Exception {
        onLoop(rig -> {
            Pipe sockets = rig.foreignSockets();
            waitsInBothDirections(rig, sockets, true);
            closeBoth(rig, sockets);
        });
    }

    @Test
    void waitsInBothDirectionsOfADescriptor() throws Exception {
        onLoop(rig -> {
            Pipe sockets = rig.foreignSockets();
            rig.poller.prepare(sockets.in());
            waitsInBothDirections(rig, sockets, false);
            rig.poller.release(sockets.in());
            closeBoth(rig, sockets);
        });
    }

    private static void waitsInBothDirections(Rig rig, Pipe sockets, boolean shared) {
        int fd = sockets.in();
        int filled = rig.fill(new Pipe(sockets.out(), fd));
        Recorded read = Recorded.read(fd, rig.buffer, 10);
        Recorded write = Recorded.write(fd, rig.buffer, 10);
        read.shared = shared;
        write.shared = shared;
        for (int round = 0; round < 3; round++) {
            rig.submit(read, write);
            rig.settle();
            assertThat(read.completions + write.completions).as("both wait").isEqualTo(2 * round);
            rig.writeDirectly(sockets.out(), 4);
            rig.await(read);
            assertThat(read.result).isEqualTo(4);
            rig.settle();
            assertThat(write.completions).as("it still waits").isEqualTo(round);
            for (int left = filled; left > 0; ) {
                left -= rig.readDirectly(sockets.out(), left);
            }
            while (write.completions == round) {
                rig.poller.poll(Long.MAX_VALUE);
            }
            assertThat(write.result).isEqualTo(10);
            filled = 10 + rig.fill(new Pipe(sockets.out(), fd));
        }
    }

    @Test
    void seesEndAndReadinessOfASharedDescriptor() throws Exception {
        onLoop(rig -> {
            Pipe pipe = rig.foreignPipe();
            Recorded readable = Recorded.readable(pipe.in()).shared();
            Recorded read = Recorded.read(pipe.in(), rig.buffer, 100).shared();
            rig.submit(readable);
            rig.settle();
            assertThat(readable.completions).isZero();
            rig.closeForeign(pipe.out());
            rig.await(readable);
            assertThat(readable.result & Poll.POLLHUP).isNotZero();
            rig.perform(read);
            assertThat(read.result).isZero();
            rig.closeForeign(pipe.in());
        });
    }

    @Test
    void findsANewSharedDescriptorUnderAnOldNumber() throws Exception {
        onLoop(rig -> {
            for (int round = 0; round < 20; round++) {
                Pipe pipe = rig.foreignPipe();
                Recorded read = Recorded.read(pipe.in(), rig.buffer, 100).shared();
                rig.submit(read);
                rig.settle();
                if (round % 2 == 0) {
                    rig.poller.cancel(read);
                } else {
                    rig.writeDirectly(pipe.out(), 4);
                }
                rig.await(read);
                closeBoth(rig, pipe);
            }
        });
    }

    @Test
    void takesAFileAsASharedDescriptor(@TempDir Path directory) throws Exception {
        onLoop(rig -> {
            Path path = directory.resolve("output");
            int file = open(rig, path.toString(), Fcntl.O_WRONLY | Fcntl.O_CREAT);
            assertThat(Stat.type(rig.state, file)).isEqualTo(Stat.S_IFREG);
            Recorded write = Recorded.write(file, rig.buffer, 100_000).shared();
            rig.perform(write);
            assertThat(write.result).isEqualTo(100_000);
            assertThat(Files.size(path)).isEqualTo(100_000);
            rig.closeForeign(file);
        });
    }

    @Test
    void takesATerminalAsASharedDescriptor() throws Exception {
        onLoop(rig -> {
            for (int flags : new int[] {0, Fcntl.O_NONBLOCK}) {
                int terminal = open(rig, "/dev/ptmx", Fcntl.O_RDWR | flags);
                Recorded read = Recorded.read(terminal, rig.buffer, 100).shared();
                rig.submit(read);
                rig.settle();
                assertThat(read.completions).as("nobody has typed").isZero();
                rig.poller.cancel(read);
                rig.await(read);
                assertThat(read.result).isEqualTo(-Errno.ECANCELED);
                rig.submit(read);
                rig.settle();
                Recorded write = Recorded.write(terminal, rig.buffer + 1000, 5).shared();
                rig.perform(write); // typed, and echoed
                while (read.completions < 2) {
                    rig.poller.poll(Long.MAX_VALUE);
                }
                assertThat(read.result).isPositive();
                rig.closeForeign(terminal);
            }
        });
    }

    private static void closeBoth(Rig rig, Pipe pipe) {
        rig.closeForeign(pipe.in());
        rig.closeForeign(pipe.out());
    }
}
