package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.sync.Parties.Party;
import dev.sluice.sync.Parties.Place;
import dev.sluice.task.Action;
import dev.sluice.task.CancelScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Waits are cancelled at random moments, many of them while they are being served: nothing is lost, nothing is
/// had twice, and afterwards everything is free. `-Dsync.seed=N` repeats the random choices.
@Timeout(value = 300, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CancelHammerTest {
    private static final int PARTIES = 5;
    private static final int ROUNDS = 1500;

    /// Something that may be cancelled at any moment by another party.
    @FunctionalInterface
    interface Attempt {
        /// @return false if it was cancelled
        boolean succeeds(Action<RuntimeException> body);
    }

    /// One step of a party.
    @FunctionalInterface
    interface Step {
        /// @return whether it did what it wanted; false if it was cancelled
        boolean run(Random random, Attempt attempt) throws Exception;
    }

    /// Runs steps in all parties, which cancel each other.
    private static void hammer(Place place, Step step) throws Exception {
        long seed = Long.getLong("sync.seed", new Random().nextLong());
        AtomicInteger cancelled = new AtomicInteger();
        AtomicReferenceArray<CancelScope> attempts = new AtomicReferenceArray<>(PARTIES);
        try (var parties = new Parties(place)) {
            for (int p = 0; p < PARTIES; p++) {
                int number = p;
                var random = new Random(seed + p);
                Attempt attempt = body -> CancelScope.run(scope -> {
                    attempts.set(number, scope);
                    cancelOne(attempts, random);
                    body.run();
                });
                parties.start(() -> {
                    for (int round = 0; round < ROUNDS; round++) {
                        if (!step.run(random, attempt)) {
                            cancelled.incrementAndGet();
                        }
                    }
                });
            }
            parties.join();
        } catch (Exception | AssertionError failure) {
            throw new AssertionError("seed=" + seed + ": " + failure, failure);
        }
        assertThat(cancelled.get()).as("cancelled, seed=%d", seed).isBetween(1, PARTIES * ROUNDS - 1);
    }

    private static void cancelOne(AtomicReferenceArray<CancelScope> attempts, Random random) {
        CancelScope one = attempts.get(random.nextInt(PARTIES));
        if (one != null && random.nextInt(3) == 0) {
            one.cancel("hammered");
        }
    }

    @ParameterizedTest
    @EnumSource
    void lock(Place place) throws Exception {
        Lock lock = new Lock("hammered");
        int[] counter = new int[1]; // guarded by the lock
        AtomicInteger acquired = new AtomicInteger();
        hammer(place, (random, attempt) -> {
            boolean got = attempt.succeeds(lock::acquire);
            assertThat(lock.isHeldByCaller()).isEqualTo(got);
            if (!got) {
                return false;
            }
            int before = counter[0];
            if (random.nextInt(4) == 0) {
                Sluice.yield();
            }
            counter[0] = before + 1;
            acquired.incrementAndGet();
            lock.release();
            return true;
        });
        assertThat(counter[0]).isEqualTo(acquired.get());
        assertThat(lock.tryAcquire()).isTrue();
        lock.release();
    }

    @ParameterizedTest
    @EnumSource
    void semaphore(Place place) throws Exception {
        Semaphore semaphore = new Semaphore("hammered", 4);
        AtomicInteger taken = new AtomicInteger();
        hammer(place, (random, attempt) -> {
            int count = 1 + random.nextInt(4);
            List<Hold> got = new ArrayList<>(1);
            attempt.succeeds(() -> got.add(semaphore.acquire(count)));
            if (got.isEmpty()) {
                return false;
            }
            assertThat(taken.addAndGet(count)).isLessThanOrEqualTo(4);
            Sluice.yield();
            taken.addAndGet(-count);
            got.getFirst().close();
            return true;
        });
        assertThat(semaphore.statistics()).isEqualTo(new Semaphore.Statistics("hammered", 4, 4, List.of()));
    }

    @ParameterizedTest
    @EnumSource
    void readWriteLock(Place place) throws Exception {
        ReadWriteLock lock = new ReadWriteLock("hammered");
        AtomicInteger state = new AtomicInteger(); // readers, or -1
        hammer(place, (random, attempt) -> {
            boolean writes = random.nextInt(3) == 0;
            List<Hold> got = new ArrayList<>(1);
            ReadWriteLock.Side side = writes ? lock.write() : lock.read();
            attempt.succeeds(() -> got.add(side.acquire()));
            if (got.isEmpty()) {
                return false;
            }
            if (writes) {
                assertThat(state.getAndSet(-1)).isZero();
                Sluice.yield();
                assertThat(state.getAndSet(0)).isEqualTo(-1);
            } else {
                assertThat(state.incrementAndGet()).isPositive();
                Sluice.yield();
                assertThat(state.getAndDecrement()).isPositive();
            }
            got.getFirst().close();
            return true;
        });
        assertThat(lock.write().tryAcquire()).isTrue();
        lock.write().release();
    }

    @ParameterizedTest
    @EnumSource
    void limiter(Place place) throws Exception {
        Limiter limiter = new Limiter("hammered", 2);
        AtomicInteger in = new AtomicInteger();
        hammer(place, (random, attempt) -> {
            if (random.nextInt(8) == 0) {
                limiter.resize(1 + random.nextInt(3));
            }
            List<Hold> got = new ArrayList<>(1);
            attempt.succeeds(() -> got.add(limiter.acquire()));
            if (got.isEmpty()) {
                return false;
            }
            assertThat(in.incrementAndGet()).isLessThanOrEqualTo(3);
            Sluice.yield();
            in.decrementAndGet();
            got.getFirst().close();
            return true;
        });
        assertThat(limiter.statistics().borrowers()).isEmpty();
        assertThat(limiter.statistics().waiters()).isEmpty();
    }

    /// There is a ticket for each attempt to take one. If a cancelled waiter kept a signal, the last taker would
    /// wait for ever.
    @ParameterizedTest
    @EnumSource
    void condition(Place place) throws Exception {
        Lock lock = new Lock("tickets");
        Condition some = lock.condition("some");
        int[] tickets = new int[1]; // guarded by the lock
        hammer(place, (random, attempt) -> {
            lock.run(() -> {
                tickets[0]++;
                some.signal();
            });
            return attempt.succeeds(() -> lock.run(() -> {
                some.awaitUntil(() -> tickets[0] > 0);
                tickets[0]--;
            }));
        });
        assertThat(some.statistics().waiters()).isEmpty();
    }

    /// Two wait for one ticket, one of them is cancelled while the signal is on its way: the other one gets it,
    /// or the cancelled one had it first.
    @ParameterizedTest
    @EnumSource
    void signalOnItsWay(Place place) throws Exception {
        Lock lock = new Lock("tickets");
        Condition some = lock.condition("some");
        int[] tickets = new int[1]; // guarded by the lock
        Action<RuntimeException> take = () -> lock.run(() -> {
            some.awaitUntil(() -> tickets[0] > 0);
            tickets[0]--;
        });
        try (var parties = new Parties(place)) {
            for (int round = 0; round < 300; round++) {
                Party doomed = parties.startWaiting(() -> some.statistics().waiters(), take);
                Party other = parties.startWaiting(() -> some.statistics().waiters(), take);
                Thread canceller = Thread.ofPlatform().start(doomed::cancel);
                lock.run(() -> {
                    tickets[0]++;
                    some.signal();
                });
                canceller.join();
                if (doomed.join()) {
                    lock.run(() -> {
                        tickets[0]++;
                        some.signal();
                    });
                }
                assertThat(other.join()).isTrue();
            }
        }
        assertThat(tickets[0]).isZero();
    }

    /// Each round is complete when all have come; cancelled parties come again.
    @ParameterizedTest
    @EnumSource
    void barrier(Place place) throws Exception {
        Barrier barrier = new Barrier("hammered", PARTIES);
        AtomicInteger passed = new AtomicInteger();
        AtomicInteger sum = new AtomicInteger();
        hammer(place, (random, attempt) -> {
            boolean through = attempt.succeeds(() -> sum.addAndGet(barrier.await()));
            if (!through) {
                sum.addAndGet(barrier.await());
            }
            passed.incrementAndGet();
            return through;
        });
        assertThat(passed).hasValue(PARTIES * ROUNDS);
        assertThat(sum).hasValue(ROUNDS * PARTIES * (PARTIES - 1) / 2);
        assertThat(barrier.statistics().waiters()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void event(Place place) throws Exception {
        Event event = new Event("hammered");
        event.set();
        hammer(place, (random, attempt) -> {
            if (random.nextInt(4) > 0) {
                return attempt.succeeds(event::await);
            }
            event.clear();
            Sluice.yield();
            event.set();
            return true;
        });
        assertThat(event.statistics().waiters()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void once(Place place) throws Exception {
        List<Once<Integer>> each = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            each.add(new Once<>("hammered"));
        }
        AtomicInteger[] makers = new AtomicInteger[ROUNDS];
        AtomicInteger values = new AtomicInteger();
        for (int i = 0; i < ROUNDS; i++) {
            makers[i] = new AtomicInteger();
        }
        hammer(place, (random, attempt) -> {
            int number = random.nextInt(ROUNDS);
            return attempt.succeeds(() -> each.get(number).get(() -> {
                assertThat(makers[number].incrementAndGet()).isEqualTo(1);
                try {
                    Sluice.sleep(Duration.ofNanos(random.nextInt(3) * 100_000L));
                    return values.incrementAndGet();
                } finally {
                    makers[number].decrementAndGet();
                }
            }));
        });
        long made = each.stream().filter(once -> once.find().isPresent()).count();
        assertThat(values.get()).as("each value made once").isEqualTo((int) made);
        assertThat(each).allMatch(once -> once.statistics().waiters().isEmpty());
    }
}
