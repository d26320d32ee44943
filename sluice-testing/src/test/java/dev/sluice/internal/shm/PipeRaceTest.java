package dev.sluice.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.codec.Codec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Two threads at each end of a small ring: what they have seen of the other end may be old, the ring ends in the
/// middle of messages, and both ends wait, now for room and now for messages.
@Timeout(120)
class PipeRaceTest {
    private static final int BYTES = 1024;
    private static final int LARGEST = BYTES / 4;
    private static final int SENDERS = 2;
    private static final int RECEIVERS = 2;
    private static final int MESSAGES = 50_000; // of each sender

    private final long seed = Long.getLong("sluice.seed", new Random().nextLong());

    @RegisterExtension
    final Shared shared = new Shared();

    @Test
    void eachMessageArrivesOnceWholeAndInOrder() throws Exception {
        try (SharedPipe one = SharedPipe.open(shared.directory(), "p", BYTES);
                SharedPipe two = SharedPipe.open(shared.directory(), "p", BYTES);
                ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<int[]>> receivers = new ArrayList<>();
            for (int i = 0; i < RECEIVERS; i++) {
                receivers.add(threads.submit(() -> receiveAll(two)));
            }
            AtomicInteger sending = new AtomicInteger(SENDERS);
            for (int sender = 0; sender < SENDERS; sender++) {
                int from = sender;
                threads.execute(() -> {
                    sendAll(one.out(), from);
                    if (sending.decrementAndGet() == 0) {
                        one.out().finish();
                    }
                });
            }
            int[] received = new int[SENDERS];
            for (Future<int[]> receiver : receivers) {
                for (int sender = 0; sender < SENDERS; sender++) {
                    received[sender] += receiver.get()[sender];
                }
            }
            assertThat(received).as("seed %d", seed).containsOnly(MESSAGES);
        }
    }

    private void sendAll(PipeRing ring, int from) {
        Random random = new Random(seed + from);
        byte[] bytes = new byte[LARGEST];
        for (int number = 0; number < MESSAGES; number++) {
            int length = 2 * Integer.BYTES + random.nextInt(LARGEST - 2 * Integer.BYTES + 1);
            ByteBuffer.wrap(bytes).putInt(from).putInt(number);
            for (int i = 2 * Integer.BYTES; i < length; i++) {
                bytes[i] = filling(from, number, i);
            }
            if (random.nextBoolean() || !ring.trySend(bytes, length)) {
                ring.send(bytes, length);
            }
        }
    }

    /// @return how many of each sender
    private int[] receiveAll(SharedPipe pipe) {
        try {
            return receiveAll(pipe.in());
        } catch (Throwable e) {
            pipe.close(); // who sends is not to wait for one who has failed
            throw e;
        }
    }

    private int[] receiveAll(PipeRing ring) {
        int[] count = new int[SENDERS];
        int[] last = {-1, -1};
        Scratch scratch = new Scratch();
        while (ring.receive(scratch)) {
            ByteBuffer message = ByteBuffer.wrap(scratch.decode(Codec.raw()));
            int from = message.getInt();
            int number = message.getInt();
            assertThat(number).as("seed %d, sender %d", seed, from).isGreaterThan(last[from]);
            while (message.hasRemaining()) {
                byte expected = filling(from, number, message.position());
                if (message.get() != expected) {
                    throw new AssertionError(
                            "seed " + seed + ": message " + number + " of " + from + " is torn at " + message);
                }
            }
            last[from] = number;
            count[from]++;
        }
        return count;
    }

    private static byte filling(int from, int number, int index) {
        return (byte) (31 * number + 7 * index + from);
    }
}
