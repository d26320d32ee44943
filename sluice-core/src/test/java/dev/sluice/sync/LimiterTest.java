package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.sync.Parties.Party;
import dev.sluice.sync.Parties.Place;
import dev.sluice.task.TaskGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LimiterTest {
    private final Limiter limiter = new Limiter("workers", 2);

    private List<String> waiters() {
        return limiter.statistics().waiters();
    }

    @ParameterizedTest
    @EnumSource
    void neverMoreThanTheLimit(Place place) throws Exception {
        AtomicInteger in = new AtomicInteger();
        try (var parties = new Parties(place)) {
            for (int p = 0; p < 5; p++) {
                parties.start(() -> {
                    for (int i = 0; i < 500; i++) {
                        limiter.run(() -> {
                            assertThat(in.incrementAndGet()).isLessThanOrEqualTo(2);
                            Sluice.yield();
                            in.decrementAndGet();
                        });
                    }
                });
            }
            parties.join();
        }
        assertThat(limiter.statistics()).isEqualTo(new Limiter.Statistics("workers", 2, List.of(), List.of()));
    }

    @ParameterizedTest
    @EnumSource
    void limitCanBeChanged(Place place) throws Exception {
        AtomicInteger in = new AtomicInteger();
        Event go = new Event("go");
        limiter.resize(0);
        try (var parties = new Parties(place)) {
            for (int i = 0; i < 4; i++) {
                parties.startWaiting(
                        this::waiters,
                        () -> limiter.run(() -> {
                            in.incrementAndGet();
                            go.await();
                        }));
            }
            assertThat(in).hasValue(0);
            limiter.resize(3);
            Parties.until(() -> in.get() == 3);
            assertThat(waiters()).containsExactly(parties.name(3));
            limiter.resize(1);
            assertThat(limiter.statistics().borrowers()).hasSize(3);
            assertThat(limiter.statistics().total()).isEqualTo(1);
            assertThat(waiters()).hasSize(1);
            go.set();
            parties.join();
        }
        assertThat(in).hasValue(4);
    }

    @ParameterizedTest
    @EnumSource
    void cancelledWaiterHasNoPermit(Place place) throws Exception {
        try (var parties = new Parties(place)) {
            limiter.resize(1);
            limiter.acquire();
            Party first = parties.startWaiting(this::waiters, limiter::acquire);
            Party second = parties.startWaiting(this::waiters, limiter::acquire);
            first.cancel();
            assertThat(first.join()).isFalse();
            limiter.release();
            assertThat(second.join()).isTrue();
        }
    }

    @Test
    void borrowerOfOnePermitGetsNoSecond() {
        Sluice.run(() -> {
            Hold hold = limiter.acquire();
            assertThatThrownBy(limiter::acquire)
                    .isInstanceOf(OwnershipException.class)
                    .hasMessage("acquire limiter workers: main has a permit, expected a borrower without one");
            assertThatThrownBy(limiter::tryAcquire).isInstanceOf(OwnershipException.class);
            hold.close();
            assertThatThrownBy(hold::close)
                    .isInstanceOf(OwnershipException.class)
                    .hasMessage("release limiter workers: main has no permit");
            assertThatThrownBy(limiter::release).isInstanceOf(OwnershipException.class);
        });
    }

    @Test
    void permitsAreLentToNamedBorrowers() {
        Sluice.run(() -> {
            Object connection = new AtomicReference<>("connection 1");
            Hold hold = limiter.acquireFor(connection);
            assertThat(limiter.tryAcquireFor("other")).isTrue();
            assertThat(limiter.tryAcquireFor("third")).isFalse();
            assertThat(limiter.statistics().borrowers()).containsExactly("connection 1", "other");
            assertThatThrownBy(() -> limiter.acquireFor(connection)).isInstanceOf(OwnershipException.class);
            try (var group = TaskGroup.open()) {
                group.start("closes it", hold::close);
                group.join();
            }
            assertThatThrownBy(() -> limiter.releaseFor(connection))
                    .isInstanceOf(OwnershipException.class)
                    .hasMessage("release limiter workers: connection 1 has no permit");
            limiter.releaseFor("other");
        });
    }

    @Test
    void borrowerThatWaitsTwiceGetsOnePermitOnly() {
        Sluice.run(() -> {
            limiter.resize(0);
            try (var group = TaskGroup.open()) {
                group.start("first", () -> limiter.acquireFor("same"));
                Parties.until(() -> waiters().size() == 1);
                group.start(
                        "second",
                        () -> assertThatThrownBy(() -> limiter.acquireFor("same"))
                                .isInstanceOf(OwnershipException.class));
                Parties.until(() -> waiters().size() == 2);
                limiter.resize(5);
                group.join();
            }
            assertThat(limiter.statistics().borrowers()).containsExactly("same");
        });
    }

    @Test
    void permitOfATaskThatEndedReturns() {
        Sluice.run(() -> {
            limiter.resize(1);
            try (var group = TaskGroup.open()) {
                group.start("forgetful", () -> limiter.tryAcquire()).get();
                limiter.run(() -> assertThat(limiter.statistics().borrowers()).containsExactly("main"));
                group.join();
            }
        });
    }

    @Test
    void borrowersAreShown() {
        List<String> seen = new ArrayList<>();
        Sluice.run(() -> limiter.run(() -> seen.add(limiter.toString())));
        seen.add(limiter.toString());
        assertThat(seen).containsExactly("limiter workers held by main", "limiter workers");
        assertThat(limiter.<Integer, RuntimeException>call(() -> 7)).isEqualTo(7);
        assertThatThrownBy(() -> limiter.resize(-1)).hasMessage("limiter workers: total=-1, expected 0 or more");
    }
}
