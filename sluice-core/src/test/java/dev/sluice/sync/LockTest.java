package dev.sluice.sync;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.sync.Parties.Party;
import dev.sluice.sync.Parties.Place;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LockTest {
    private final Lock lock = new Lock("accounts");

    private List<String> waiters() {
        return lock.statistics().waiters();
    }

    @ParameterizedTest
    @EnumSource
    void oneAtATime(Place place) throws Exception {
        int[] counter = new int[1]; // guarded by the lock and nothing else
        try (var parties = new Parties(place)) {
            for (int i = 0; i < 4; i++) {
                parties.start(() -> {
                    for (int n = 0; n < 1000; n++) {
                        lock.run(() -> {
                            int before = counter[0];
                            if (before % 16 == 0) {
                                Sluice.yield();
                            }
                            counter[0] = before + 1;
                        });
                    }
                });
            }
            parties.join();
        }
        assertThat(counter[0]).isEqualTo(4000);
        assertThat(lock.statistics()).isEqualTo(new Lock.Statistics("accounts", Optional.empty(), List.of()));
    }

    @ParameterizedTest
    @EnumSource
    void whoWaitsLongestIsNext(Place place) throws Exception {
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        try (var parties = new Parties(place)) {
            lock.acquire();
            for (int i = 0; i < 5; i++) {
                int number = i;
                parties.startWaiting(this::waiters, () -> lock.run(() -> order.add(number)));
            }
            assertThat(waiters())
                    .containsExactly(
                            parties.name(0), parties.name(1), parties.name(2), parties.name(3), parties.name(4));
            assertThat(lock.statistics().owner())
                    .hasValueSatisfying(owner -> assertThat(owner).startsWith("thread "));
            lock.release();
            parties.join();
        }
        assertThat(order).containsExactly(0, 1, 2, 3, 4);
    }

    @ParameterizedTest
    @EnumSource
    void newcomerDoesNotPassThoseWhoWait(Place place) throws Exception {
        try (var parties = new Parties(place)) {
            lock.acquire();
            parties.startWaiting(this::waiters, () -> lock.run(() -> {}));
            boolean[] taken = {true};
            parties.start(() -> taken[0] = lock.tryAcquire()).join();
            assertThat(taken[0]).isFalse();
            lock.release();
            parties.join();
        }
    }

    @ParameterizedTest
    @EnumSource
    void cancelledWaiterHasNotAcquired(Place place) throws Exception {
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        try (var parties = new Parties(place)) {
            lock.acquire();
            List<Party> waiting = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int number = i;
                waiting.add(parties.startWaiting(this::waiters, () -> lock.run(() -> order.add(number))));
            }
            waiting.get(0).cancel();
            waiting.get(2).cancel();
            assertThat(waiting.get(0).join()).isFalse();
            assertThat(waiting.get(2).join()).isFalse();
            assertThat(waiters()).containsExactly(parties.name(1), parties.name(3));
            lock.release();
            parties.join();
        }
        assertThat(order).containsExactly(1, 3);
        assertThat(lock.tryAcquire()).isTrue();
        lock.release();
    }

    @Test
    void cancelledCallerDoesNotAcquireAFreeLock() {
        Sluice.run(() -> {
            CancelScope.run(scope -> {
                scope.cancel("enough");
                assertThat(Parties.isCancelled(lock::acquire)).isTrue();
                assertThat(lock.tryAcquire()).as("trying does not wait").isTrue();
                lock.release();
            });
            assertThat(lock.statistics().owner()).isEmpty();
        });
    }

    @Test
    void deadlineEndsAWait() {
        Sluice.run(() -> {
            try (var group = TaskGroup.open()) {
                lock.acquire();
                var late = group.start("late", () -> Deadline.after(ofMillis(5)).tryRun(lock::acquire));
                assertThat(late.get()).isEqualTo(false);
                lock.release();
                group.join();
            }
        });
    }

    @Test
    void interruptEndsAWaitOfAThread() throws Exception {
        lock.acquire();
        List<Throwable> ended = Collections.synchronizedList(new ArrayList<>());
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                lock.acquire();
            } catch (CancelledException interrupted) {
                ended.add(interrupted);
            }
        });
        Parties.until(() -> waiters().size() == 1);
        thread.interrupt();
        thread.join();
        assertThat(ended).singleElement().asString().contains("interrupt");
        lock.release();
    }

    @Test
    void ownerThatAcquiresAgainIsTold() {
        Sluice.run(() -> {
            lock.acquire();
            assertThatThrownBy(lock::acquire)
                    .isInstanceOf(OwnershipException.class)
                    .hasMessage("acquire lock accounts: owner=main, expected another than the caller");
            assertThatThrownBy(lock::tryAcquire).isInstanceOf(OwnershipException.class);
            lock.release();
            assertThat(lock.isHeldByCaller()).isFalse();
        });
    }

    @Test
    void otherThanTheOwnerCannotRelease() {
        assertThatThrownBy(lock::release)
                .isInstanceOf(OwnershipException.class)
                .hasMessageStartingWith("release lock accounts: owner=nobody, expected the caller thread ");
        Sluice.run(() -> {
            Hold hold = lock.acquire();
            try (var group = TaskGroup.open()) {
                group.start(
                        "other",
                        () -> assertThatThrownBy(hold::close)
                                .isInstanceOf(OwnershipException.class)
                                .hasMessage("release lock accounts: owner=main, expected the caller main/other"));
                group.join();
            }
            hold.close();
            assertThatThrownBy(hold::close).isInstanceOf(OwnershipException.class);
        });
    }

    @Test
    void offloadedWorkIsNotTheOwner() {
        Sluice.run(() -> lock.run(() -> Sluice.offload(() -> {
            assertThat(lock.isHeldByCaller()).isFalse();
            assertThat(lock.tryAcquire()).isFalse();
        })));
    }

    @Test
    void reentrantLockIsFreeWhenReleasedAsOften() throws Exception {
        Lock again = Lock.reentrant("again");
        try (var parties = new Parties(Place.MIXED)) {
            again.acquire();
            parties.startWaiting(() -> again.statistics().waiters(), () -> again.run(() -> {}));
            again.acquire(); // passes who waits: it has it already
            assertThat(again.tryAcquire()).isTrue();
            again.release();
            again.release();
            assertThat(again.isHeldByCaller()).isTrue();
            assertThat(again.statistics().waiters()).hasSize(1);
            again.release();
            assertThat(again.isHeldByCaller()).isFalse();
            parties.join();
        }
    }

    @Test
    void failureOfABodyReleases() {
        assertThatThrownBy(() -> lock.run(() -> {
                    throw new ArithmeticException("in the body");
                }))
                .isInstanceOf(ArithmeticException.class);
        assertThat(lock.<String, RuntimeException>call(() -> "free")).isEqualTo("free");
    }

    @Test
    void lockOfATaskThatEndedRefusesEverybody() {
        Sluice.run(() -> {
            Condition changed = lock.condition("changed");
            try (var group = TaskGroup.open()) {
                var sleeper = group.start(
                        "sleeper",
                        () -> assertThatThrownBy(() -> lock.run(changed::await))
                                .isInstanceOf(OwnershipException.class));
                Parties.until(() -> changed.statistics().waiters().size() == 1);
                var forgetful = group.start("forgetful", () -> {
                    lock.acquire();
                    Parties.until(() -> waiters().size() == 1);
                });
                Parties.until(() -> lock.statistics().owner().isPresent());
                assertThatThrownBy(lock::acquire)
                        .isInstanceOf(OwnershipException.class)
                        .hasMessage("acquire lock accounts: its owner main/forgetful has ended without releasing it");
                forgetful.get();
                sleeper.get();
                assertThatThrownBy(lock::tryAcquire).isInstanceOf(OwnershipException.class);
                assertThat(lock.statistics().owner()).isEmpty();
                group.join();
            }
        });
    }

    @Test
    void locksMayBeReleasedInAnyOrder() {
        Sluice.run(() -> {
            List<Lock> locks = List.of(new Lock("a"), new Lock("b"), new Lock("c"));
            for (int first = 0; first < 3; first++) {
                locks.forEach(Lock::acquire);
                for (int i = 0; i < 3; i++) {
                    locks.get((first + i) % 3).release();
                }
            }
            assertThat(locks).noneMatch(Lock::isHeldByCaller);
        });
    }

    @Test
    void waiterIsShownToWaitForTheOwner() {
        Sluice.run(() -> {
            try (var group = TaskGroup.open()) {
                lock.acquire();
                var waiter = group.start("waiter", lock::acquire);
                Parties.until(() -> waiters().size() == 1);
                assertThat(waiter.doing()).isEqualTo("waiting for lock accounts held by main");
                assertThat(lock).hasToString("lock accounts held by main");
                waiter.cancel("seen");
                lock.release();
                group.join();
            }
            assertThat(lock).hasToString("lock accounts");
        });
    }

    @Test
    void longQueueIsServed() throws Exception {
        int[] counter = new int[1];
        Sluice.run(() -> Deadline.after(ofSeconds(100)).run(() -> {
            try (var group = TaskGroup.open()) {
                for (int i = 0; i < 10_000; i++) {
                    group.start(
                            "w",
                            () -> lock.run(() -> {
                                Sluice.yield();
                                counter[0]++;
                            }));
                }
                group.join();
            }
        }));
        assertThat(counter[0]).isEqualTo(10_000);
    }
}
