package dev.sluice.internal.ranks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// What goes into a ring comes out: all of it, once, in order, and nothing of what was there before.
class ByteRingTest {
    private static final int MESSAGES = 4_000;
    private static final int CAPACITY = ByteRing.LEAST;

    private static ByteBuffer memory() {
        return ByteBuffer.allocateDirect(ByteRing.HEADER_BYTES + CAPACITY);
    }

    private static int sizeOf(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(3);
            case 1 -> random.nextInt(100);
            case 2 -> random.nextInt(CAPACITY / 4 + 2);
            default -> random.nextInt(3 * CAPACITY);
        };
    }

    private static byte byteOf(int message, long offset) {
        return (byte) (message * 31L + offset * 7);
    }

    @Test
    void betweenTwoThreadsNothingIsTornOrLost() throws Exception {
        long seed = Long.getLong("sluice.seed", new Random().nextLong());
        ByteBuffer memory = memory();
        CompletableFuture<Void> writing =
                CompletableFuture.runAsync(() -> write(new ByteRing(memory), seed), ByteRingTest::start);
        CompletableFuture<Void> reading =
                CompletableFuture.runAsync(() -> read(new ByteRing(memory), seed, writing), ByteRingTest::start);
        reading.get(120, TimeUnit.SECONDS);
        writing.get(60, TimeUnit.SECONDS);
    }

    private static void start(Runnable work) {
        Thread.ofPlatform().daemon().start(work);
    }

    private static void write(ByteRing ring, long seed) {
        var sizes = new SplittableRandom(seed);
        for (int message = 0; message < MESSAGES; message++) {
            int number = message;
            int total = sizeOf(sizes);
            var heading = new ByteRing.Heading(message, message >>> 3, message, total);
            long gone = 0;
            do {
                long now = ring.write(heading, gone, (target, offset) -> fill(target, number, offset));
                if (now < 0) {
                    LockSupport.parkNanos(1_000); // there may be fewer processors than threads
                } else {
                    gone = now;
                    if (gone == total) {
                        break;
                    }
                }
            } while (true);
        }
    }

    private static void fill(ByteBuffer target, int message, long from) {
        for (long offset = from; target.hasRemaining(); offset++) {
            target.put(byteOf(message, offset));
        }
    }

    private static void read(ByteRing ring, long seed, CompletableFuture<Void> writing) {
        var sizes = new SplittableRandom(seed);
        for (int message = 0; message < MESSAGES; message++) {
            int total = sizeOf(sizes);
            long come = 0;
            do {
                while (!ring.next()) {
                    if (writing.isCompletedExceptionally()) {
                        writing.join();
                    }
                    LockSupport.parkNanos(1_000); // there may be fewer processors than threads
                }
                String what = "seed " + seed + " message " + message + " at " + come;
                assertThat(ring.message()).as(what).isEqualTo(message);
                assertThat(ring.tag()).as(what).isEqualTo(message);
                assertThat(ring.epoch()).as(what).isEqualTo(message >>> 3);
                assertThat(ring.total()).as(what).isEqualTo(total);
                assertThat(ring.offset()).as(what).isEqualTo(come);
                ByteBuffer payload = ring.payload();
                while (payload.hasRemaining()) {
                    if (payload.get() != byteOf(message, come)) {
                        throw new AssertionError(what + ": torn at " + come);
                    }
                    come++;
                }
                ring.release();
            } while (come < total);
        }
        assertThat(ring.next()).as("nothing more").isFalse();
    }

    @Test
    void aMessageOfAQuarterIsThereAsAWholeOrNotAtAll() {
        ByteRing ring = new ByteRing(memory());
        int whole = ring.wholeBytes();
        var heading = new ByteRing.Heading(1, 0, 1, whole);
        int written = 0;
        while (ring.write(heading, 0, (target, offset) -> fill(target, 1, offset)) == whole) {
            written++;
        }
        assertThat(written).isBetween(2, 3);
        assertThat(ring.hasRoom(whole)).isFalse();
        int bytes = 0;
        while (ring.next()) {
            bytes += ring.payload().remaining();
            ring.release();
        }
        assertThat(bytes).isEqualTo(written * whole);
        assertThat(ring.hasRoom(whole)).isTrue();
    }

    /// Nonsense in the memory is an exception, at the most.
    @Test
    void nonsenseIsRefused() {
        long seed = Long.getLong("sluice.seed", new Random().nextLong());
        var random = new SplittableRandom(seed);
        int refused = 0;
        for (int round = 0; round < 2000; round++) {
            ByteBuffer memory = memory().order(ByteOrder.nativeOrder());
            var writer = new ByteRing(memory);
            writer.write(new ByteRing.Heading(1, 0, 1, 40), 0, (target, offset) -> fill(target, 1, offset));
            for (int i = 0; i < 2; i++) {
                int at = random.nextBoolean() ? random.nextInt(4) * 8 + ByteRing.HEADER_BYTES : 0;
                memory.putLong(at, random.nextBoolean() ? random.nextLong() : random.nextInt(8192) * 32L);
            }
            var reader = new ByteRing(memory);
            try {
                for (int i = 0; i < 1000 && reader.next(); i++) {
                    assertThat(reader.payload().remaining()).isLessThanOrEqualTo(CAPACITY);
                    reader.release();
                }
            } catch (IllegalStateException damaged) {
                assertThat(damaged).as("seed %d", seed).hasMessageContaining("damaged");
                refused++;
            }
        }
        assertThat(refused).as("seed %d", seed).isPositive();
        assertThatThrownBy(() -> {
                    ByteBuffer memory = memory().order(ByteOrder.nativeOrder());
                    memory.putLong(0, 64).putInt(ByteRing.HEADER_BYTES, -1);
                    new ByteRing(memory).next();
                })
                .isInstanceOf(IllegalStateException.class);
    }
}
