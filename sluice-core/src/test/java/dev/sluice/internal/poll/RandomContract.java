package dev.sluice.internal.poll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Memory;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Random submits, cancels and polls over a few pipes: each operation ends once, and each pipe gives the bytes
/// it was given.
abstract class RandomContract extends SocketContract {
    private static final int SEEDS = 15;
    private static final int STEPS = 3_000;
    private static final int PIPES = 4;

    @Test
    void survivesRandomOrders() throws Exception {
        long first = new Random().nextLong();
        for (long seed = first; seed < first + SEEDS; seed++) {
            survives(seed);
        }
    }

    private void survives(long seed) throws Exception {
        onLoop(new PollerConfig(4, 8, 1_000), rig -> {
            var random = new Random(seed);
            var flows = new Flow[PIPES];
            for (int i = 0; i < PIPES; i++) {
                flows[i] = new Flow(rig, rig.buffer + (long) i * 4 * Flow.PIECE, random);
            }
            for (int step = 0; step < STEPS; step++) {
                Flow flow = flows[random.nextInt(PIPES)];
                switch (random.nextInt(8)) {
                    case 0, 1 -> flow.submitRead();
                    case 2 -> flow.submitWrite();
                    case 3 -> flow.submitReadable();
                    case 4 -> rig.poller.cancel(flow.read);
                    case 5 -> rig.poller.cancel(random.nextBoolean() ? flow.write : flow.readable);
                    default -> rig.poller.poll(0);
                }
            }
            for (Flow flow : flows) {
                flow.drain();
                assertThat(flow.faults).as("seed=%d", seed).isEmpty();
                assertThat(flow.taken).as("bytes taken, seed=%d", seed).isEqualTo(flow.given);
            }
        });
    }

    /// One pipe with at most one operation of each kind in flight. The bytes count up.
    private static final class Flow {
        static final int PIECE = 3_000;

        final Recorded read;
        final Recorded write;
        final Recorded readable;
        String faults = "";
        long given;
        long taken;

        private final Rig rig;
        private final Rig.Pipe pipe;
        private final Random random;
        private int open; // operations in flight

        Flow(Rig rig, long buffer, Random random) {
            this.rig = rig;
            this.random = random;
            pipe = rig.pipe();
            read = Recorded.read(pipe.in(), buffer, 0).then(this::took);
            write = Recorded.write(pipe.out(), buffer + PIECE, 0).then(this::gave);
            readable = Recorded.readable(pipe.in()).then(() -> open--);
        }

        void submitRead() {
            if (read.slot == -1) {
                read.length = 1 + random.nextInt(PIECE);
                open++;
                rig.submit(read);
            }
        }

        void submitWrite() {
            if (write.slot == -1) {
                write.length = 1 + random.nextInt(PIECE);
                for (int i = 0; i < write.length; i++) {
                    Memory.putByte(write.address + i, (byte) (given + i));
                }
                open++;
                rig.submit(write);
            }
        }

        void submitReadable() {
            if (readable.slot == -1) {
                open++;
                rig.submit(readable);
            }
        }

        void drain() {
            rig.poller.cancel(write);
            rig.poller.cancel(readable);
            rig.poller.cancel(read);
            while (open > 0) {
                rig.poller.poll(Long.MAX_VALUE);
            }
            while (taken < given) {
                submitRead();
                rig.poller.poll(Long.MAX_VALUE); // hangs if bytes were lost
            }
            while (open > 0) {
                rig.poller.cancel(read);
                rig.poller.poll(Long.MAX_VALUE);
            }
        }

        private void gave() {
            open--;
            if (write.result != -Errno.ECANCELED) {
                given += check(write);
            }
        }

        private void took() {
            open--;
            if (read.result != -Errno.ECANCELED) {
                int length = check(read);
                for (int i = 0; i < length; i++) {
                    if (Memory.getByte(read.address + i) != (byte) (taken + i)) {
                        faults += "wrong byte at " + (taken + i) + "; ";
                    }
                }
                taken += length;
            }
        }

        private int check(Recorded operation) {
            if (operation.result < 1 || operation.result > operation.length) {
                faults += operation + " result=" + operation.result + "; ";
                return 0;
            }
            return operation.result;
        }
    }
}
