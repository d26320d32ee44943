package dev.sluice.sync;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.sync.Parties.Party;
import dev.sluice.sync.Parties.Place;
import dev.sluice.task.Deadline;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SemaphoreTest {
    private final Semaphore memory = new Semaphore("memory", 5);
    private final List<Integer> order = Collections.synchronizedList(new ArrayList<>());

    private List<String> waiters() {
        return memory.statistics().waiters();
    }

    private Party startAcquiring(Parties parties, int number, int count) {
        return parties.startWaiting(this::waiters, () -> {
            memory.acquire(count);
            order.add(number);
        });
    }

    @ParameterizedTest
    @EnumSource
    void neverMoreThanThereAre(Place place) throws Exception {
        AtomicInteger taken = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (var parties = new Parties(place)) {
            for (int p = 0; p < 4; p++) {
                int count = p + 1;
                parties.start(() -> {
                    for (int i = 0; i < 500; i++) {
                        try (var _ = memory.acquire(count)) {
                            most.accumulateAndGet(taken.addAndGet(count), Math::max);
                            Sluice.yield();
                            taken.addAndGet(-count);
                        }
                    }
                });
            }
            parties.join();
        }
        assertThat(most.get()).isBetween(1, 5);
        assertThat(memory.statistics()).isEqualTo(new Semaphore.Statistics("memory", 5, 5, List.of()));
    }

    @ParameterizedTest
    @EnumSource
    void whoAsksForManyIsNotPassedByThoseWhoAskForFew(Place place) throws Exception {
        try (var parties = new Parties(place)) {
            memory.acquire(4);
            startAcquiring(parties, 0, 5);
            startAcquiring(parties, 1, 1);
            assertThat(memory.tryAcquire())
                    .as("one is free, others wait for it")
                    .isFalse();
            assertThat(memory.statistics().available()).isEqualTo(1);
            memory.release(4);
            Parties.until(() -> order.size() == 1);
            memory.release(5);
            parties.join();
        }
        assertThat(order).containsExactly(0, 1);
    }

    @ParameterizedTest
    @EnumSource
    void thoseBehindACancelledWaiterGoOn(Place place) throws Exception {
        try (var parties = new Parties(place)) {
            memory.acquire(4);
            Party large = startAcquiring(parties, 0, 5);
            startAcquiring(parties, 1, 1);
            large.cancel();
            assertThat(large.join()).isFalse();
            parties.join(); // nobody released
        }
        assertThat(order).containsExactly(1);
        assertThat(memory.statistics().available()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void onePermitAfterTheOtherGoesToTheWaiters(Place place) throws Exception {
        try (var parties = new Parties(place)) {
            memory.acquire(5);
            for (int i = 0; i < 4; i++) {
                startAcquiring(parties, i, 1);
            }
            memory.release(2);
            Parties.until(() -> order.size() == 2);
            assertThat(order).containsExactlyInAnyOrder(0, 1);
            assertThat(waiters()).containsExactly(parties.name(2), parties.name(3));
            memory.release(2);
            parties.join();
        }
    }

    @Test
    void releaseOfMoreThanIsTakenIsAnError() {
        assertThatThrownBy(memory::release)
                .isInstanceOf(OwnershipException.class)
                .hasMessage("release semaphore memory: count=1, expected at most the 0 taken");
        Hold two = memory.acquire(2);
        assertThatThrownBy(() -> memory.release(3)).isInstanceOf(OwnershipException.class);
        assertThat(memory.statistics().available()).isEqualTo(3);
        two.close();
        assertThatThrownBy(two::close).isInstanceOf(OwnershipException.class);
    }

    @Test
    void countsAreChecked() {
        assertThatThrownBy(() -> memory.acquire(6))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("acquire semaphore memory: count=6, expected 1..5");
        assertThatThrownBy(() -> memory.tryAcquire(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> memory.release(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Semaphore(0)).hasMessageContaining("permits=0");
    }

    @Test
    void anyTaskMayRelease() throws Exception {
        try (var parties = new Parties(Place.MIXED)) {
            memory.acquire(5);
            Party waiter = startAcquiring(parties, 0, 5);
            parties.start(() -> memory.release(5));
            assertThat(waiter.join()).isTrue();
        }
    }

    @Test
    void bodyHasOnePermit() {
        memory.run(() -> assertThat(memory.statistics().available()).isEqualTo(4));
        assertThat(memory.<Integer, RuntimeException>call(
                        () -> memory.statistics().available()))
                .isEqualTo(4);
        assertThatThrownBy(() -> memory.run(() -> {
                    throw new ArithmeticException("in the body");
                }))
                .isInstanceOf(ArithmeticException.class);
        assertThat(memory.statistics().available()).isEqualTo(5);
        assertThat(memory).hasToString("semaphore memory");
    }

    @Test
    void deadlineEndsAWait() {
        Sluice.run(() -> {
            memory.acquire(3);
            assertThat(Deadline.after(ofMillis(5)).tryRun(() -> memory.acquire(3)))
                    .isFalse();
            assertThat(memory.statistics().available()).isEqualTo(2);
            assertThat(memory.tryAcquire(2)).isTrue();
        });
    }
}
