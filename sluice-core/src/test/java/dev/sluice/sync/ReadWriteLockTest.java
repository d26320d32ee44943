package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.sync.Parties.Party;
import dev.sluice.sync.Parties.Place;
import dev.sluice.task.TaskGroup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReadWriteLockTest {
    private final ReadWriteLock lock = new ReadWriteLock("cache");
    private final List<String> order = Collections.synchronizedList(new ArrayList<>());

    private List<String> waiters() {
        List<String> all = new ArrayList<>(lock.statistics().waitingToRead());
        all.addAll(lock.statistics().waitingToWrite());
        return all;
    }

    @ParameterizedTest
    @EnumSource
    void readersHoldItTogether(Place place) throws Exception {
        try (var parties = new Parties(place)) {
            lock.read().acquire();
            boolean[] taken = new boolean[1];
            parties.start(() -> {
                        taken[0] = lock.read().tryAcquire();
                        lock.read().release();
                    })
                    .join();
            assertThat(taken[0]).isTrue();
            lock.read().release();
        }
    }

    @ParameterizedTest
    @EnumSource
    void writersAreAlone(Place place) throws Exception {
        AtomicInteger readers = new AtomicInteger();
        AtomicInteger writers = new AtomicInteger();
        int[] value = new int[1]; // guarded by the lock
        try (var parties = new Parties(place)) {
            for (int p = 0; p < 6; p++) {
                boolean writes = p % 3 == 0;
                parties.start(() -> {
                    for (int i = 0; i < 500; i++) {
                        if (writes) {
                            lock.write().run(() -> {
                                assertThat(writers.incrementAndGet()).isEqualTo(1);
                                assertThat(readers.get()).isZero();
                                int before = value[0];
                                Sluice.yield();
                                value[0] = before + 1;
                                writers.decrementAndGet();
                            });
                        } else {
                            lock.read().run(() -> {
                                readers.incrementAndGet();
                                Sluice.yield();
                                assertThat(writers.get()).isZero();
                                readers.decrementAndGet();
                            });
                        }
                    }
                });
            }
            parties.join();
        }
        assertThat(value[0]).isEqualTo(1000);
        assertThat(lock.statistics())
                .isEqualTo(new ReadWriteLock.Statistics("cache", Optional.empty(), List.of(), List.of(), List.of()));
    }

    @ParameterizedTest
    @EnumSource
    void waitingWriterHoldsBackLaterReaders(Place place) throws Exception {
        try (var parties = new Parties(place)) {
            lock.read().acquire();
            parties.startWaiting(this::waiters, () -> lock.write().run(() -> order.add("writer")));
            parties.startWaiting(this::waiters, () -> lock.read().run(() -> order.add("reader")));
            boolean[] taken = {true};
            parties.start(() -> taken[0] = lock.read().tryAcquire()).join();
            assertThat(taken[0]).isFalse();
            assertThat(lock.statistics().waitingToWrite()).containsExactly(parties.name(0));
            assertThat(lock.statistics().waitingToRead()).containsExactly(parties.name(1));
            lock.read().release();
            parties.join();
        }
        assertThat(order).containsExactly("writer", "reader");
    }

    @ParameterizedTest
    @EnumSource
    void readersBehindAWriterEnterTogether(Place place) throws Exception {
        CountDown in = new CountDown("in", 3);
        try (var parties = new Parties(place)) {
            lock.write().acquire();
            for (int i = 0; i < 3; i++) {
                parties.startWaiting(
                        this::waiters,
                        () -> lock.read().run(() -> {
                            in.countDown();
                            in.await();
                        }));
            }
            Party writer =
                    parties.startWaiting(this::waiters, () -> lock.write().run(() -> order.add("writer")));
            lock.write().release();
            assertThat(writer.join()).isTrue();
            parties.join();
        }
        assertThat(in.count()).isZero();
        assertThat(order).containsExactly("writer");
    }

    @ParameterizedTest
    @EnumSource
    void readersBehindACancelledWriterEnter(Place place) throws Exception {
        try (var parties = new Parties(place)) {
            lock.read().acquire();
            Party writer =
                    parties.startWaiting(this::waiters, () -> lock.write().run(() -> order.add("writer")));
            Party reader = parties.startWaiting(this::waiters, () -> lock.read().run(() -> order.add("reader")));
            writer.cancel();
            assertThat(writer.join()).isFalse();
            assertThat(reader.join()).isTrue(); // the first reader is in all the time
            lock.read().release();
        }
        assertThat(order).containsExactly("reader");
    }

    @Test
    void whoHoldsEitherSideCannotAcquireAgain() {
        Sluice.run(() -> {
            lock.read().run(() -> {
                assertThatThrownBy(() -> lock.read().acquire())
                        .isInstanceOf(OwnershipException.class)
                        .hasMessage("acquire read of lock cache: held=read by the caller main, expected nothing");
                assertThatThrownBy(() -> lock.write().acquire())
                        .isInstanceOf(OwnershipException.class)
                        .hasMessageContaining("acquire write of lock cache: held=read");
            });
            lock.write().run(() -> {
                assertThatThrownBy(() -> lock.read().tryAcquire()).isInstanceOf(OwnershipException.class);
                assertThatThrownBy(() -> lock.write().tryAcquire()).isInstanceOf(OwnershipException.class);
            });
            assertThat(lock.write().tryAcquire()).isTrue();
            lock.write().release();
        });
    }

    @Test
    void onlyTheHolderReleases() {
        Sluice.run(() -> {
            Hold hold = lock.read().acquire();
            assertThatThrownBy(() -> lock.write().release())
                    .isInstanceOf(OwnershipException.class)
                    .hasMessage("release write of lock cache: not held by the caller main");
            try (var group = TaskGroup.open()) {
                group.start("other", () -> assertThatThrownBy(hold::close).isInstanceOf(OwnershipException.class));
                group.start(
                        "another",
                        () -> assertThatThrownBy(() -> lock.read().release()).isInstanceOf(OwnershipException.class));
                group.join();
            }
            assertThat(lock.statistics().readers()).containsExactly("main");
            hold.close();
            assertThatThrownBy(hold::close).isInstanceOf(OwnershipException.class);
        });
    }

    @Test
    void readerThatEndedIsForgotten() {
        Sluice.run(() -> {
            try (var group = TaskGroup.open()) {
                var forgetful = group.start("forgetful", () -> {
                    lock.read().acquire();
                });
                forgetful.get();
                lock.write().run(() -> order.add("written"));
                group.join();
            }
        });
        assertThat(order).containsExactly("written");
    }

    @Test
    void lockOfAWriterThatEndedRefusesEverybody() {
        Sluice.run(() -> {
            try (var group = TaskGroup.open()) {
                var forgetful = group.start("forgetful", () -> {
                    lock.write().acquire();
                    Parties.until(() -> waiters().size() == 1);
                });
                Parties.until(() -> lock.statistics().writer().isPresent());
                assertThatThrownBy(() -> lock.read().acquire())
                        .isInstanceOf(OwnershipException.class)
                        .hasMessage("acquire read of lock cache: its writer main/forgetful has ended without"
                                + " releasing it");
                forgetful.get();
                assertThatThrownBy(() -> lock.write().acquire()).isInstanceOf(OwnershipException.class);
                group.join();
            }
        });
    }

    @Test
    void holdersAreShown() {
        Sluice.run(() -> lock.write().run(() -> {
            assertThat(lock).hasToString("lock cache held by main");
            assertThat(lock.write()).hasToString("write lock cache");
            assertThat(lock.statistics().writer()).contains("main");
            assertThat(lock.statistics().readers()).isEmpty();
        }));
        assertThat(lock.read().<Integer, RuntimeException>call(() -> 7)).isEqualTo(7);
    }
}
