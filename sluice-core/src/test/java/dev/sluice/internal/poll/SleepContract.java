package dev.sluice.internal.poll;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What every poller does, also one that performs no operations: sleep and wake.
abstract class SleepContract {
    private static final int ROUNDS = 3_000;

    abstract Poller create(PollerConfig config) throws Exception;

    abstract String name();

    final void onLoop(Rig.Body body) throws Exception {
        onLoop(PollerConfig.defaults(), body);
    }

    final void onLoop(PollerConfig config, Rig.Body body) throws Exception {
        Rig.run(() -> create(config), body);
    }

    @Test
    void saysItsName() throws Exception {
        onLoop(rig -> assertThat(rig.poller.name()).isEqualTo(name()));
    }

    @Test
    void doesNotSleepWithoutTime() throws Exception {
        onLoop(rig -> {
            for (int i = 0; i < 1_000; i++) {
                assertThat(rig.poller.poll(0)).isZero();
            }
            assertThat(rig.poller.statistics().polls()).isEqualTo(1_000);
        });
    }

    @Test
    void doesNotWakeEarly() throws Exception {
        onLoop(rig -> {
            for (long nanos : new long[] {1, 1_000, 70_000, 1_000_001, 15_500_000}) {
                long before = System.nanoTime();
                assertThat(rig.poller.poll(nanos)).isZero();
                assertThat(System.nanoTime() - before).as("slept %d ns", nanos).isGreaterThanOrEqualTo(nanos);
            }
        });
    }

    @Test
    void remembersAWakeUp() throws Exception {
        onLoop(rig -> {
            for (int i = 0; i < 100; i++) {
                rig.poller.wakeup();
                assertThat(rig.poller.poll(Long.MAX_VALUE)).isZero();
            }
        });
    }

    @Test
    void sleepsAgainAfterManyWakeUps() throws Exception {
        onLoop(rig -> {
            for (int i = 0; i < 10_000; i++) {
                rig.poller.wakeup();
            }
            rig.settle();
            long before = System.nanoTime();
            rig.poller.poll(5_000_000);
            assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(5_000_000);
        });
    }

    @Test
    void losesNoWakeUpFromAnotherThread() throws Exception {
        long seed = new Random().nextLong();
        onLoop(rig -> {
            var asked = new AtomicInteger();
            var answered = new AtomicInteger();
            var random = new Random(seed);
            var waker = new Thread(() -> {
                for (int round = 1; round <= ROUNDS; round++) {
                    while (asked.get() < round) {
                        Thread.onSpinWait();
                    }
                    for (int spins = random.nextInt(2_000); spins > 0; spins--) { // before and after the loop sleeps
                        Thread.onSpinWait();
                    }
                    answered.set(round);
                    rig.poller.wakeup();
                }
            });
            waker.start();
            for (int round = 1; round <= ROUNDS; round++) {
                asked.set(round);
                while (answered.get() < round) {
                    rig.poller.poll(Long.MAX_VALUE); // hangs if the wake-up is lost
                }
            }
            waker.join();
        });
    }

    @Test
    void toleratesWakeUpsWhileItCloses() throws Exception {
        for (int round = 0; round < 50; round++) {
            var running = new AtomicInteger();
            var threads = new Thread[3];
            onLoop(rig -> {
                for (int i = 0; i < threads.length; i++) {
                    threads[i] = new Thread(() -> {
                        running.incrementAndGet();
                        for (int n = 0; n < 500; n++) {
                            rig.poller.wakeup();
                        }
                    });
                    threads[i].start();
                }
                while (running.get() < threads.length) {
                    rig.poller.poll(0);
                }
            });
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    @Test
    void ignoresAnInterruptOfTheLoopThread() throws Exception {
        onLoop(rig -> {
            Thread.currentThread().interrupt(); // as a mounted coroutine's interrupt does
            long before = System.nanoTime();
            rig.poller.poll(3_000_000);
            assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(3_000_000);
        });
    }
}
