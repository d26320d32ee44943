package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.sync.Parties.Party;
import dev.sluice.sync.Parties.Place;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BarrierTest {
    private final Barrier barrier = new Barrier("round", 3);
    private final List<Integer> indexes = Collections.synchronizedList(new ArrayList<>());

    private List<String> waiters() {
        return barrier.statistics().waiters();
    }

    @ParameterizedTest
    @EnumSource
    void partiesMeetRoundAfterRound(Place place) throws Exception {
        int rounds = 500;
        AtomicIntegerArray arrived = new AtomicIntegerArray(rounds);
        AtomicInteger zeros = new AtomicInteger();
        try (var parties = new Parties(place)) {
            for (int p = 0; p < 3; p++) {
                parties.start(() -> {
                    for (int round = 0; round < rounds; round++) {
                        arrived.incrementAndGet(round);
                        if (barrier.await() == 0) {
                            zeros.incrementAndGet();
                        }
                        assertThat(arrived.get(round)).isEqualTo(3);
                    }
                });
            }
            parties.join();
        }
        assertThat(zeros).hasValue(rounds);
    }

    @ParameterizedTest
    @EnumSource
    void indexIsTheOrderOfArrival(Place place) throws Exception {
        try (var parties = new Parties(place)) {
            for (int i = 0; i < 2; i++) {
                int expected = i;
                parties.startWaiting(
                        this::waiters, () -> assertThat(barrier.await()).isEqualTo(expected));
            }
            assertThat(barrier.statistics())
                    .isEqualTo(new Barrier.Statistics(
                            "round", 3, Optional.empty(), List.of(parties.name(0), parties.name(1))));
            assertThat(barrier.await()).isEqualTo(2);
            parties.join();
        }
    }

    @ParameterizedTest
    @EnumSource
    void cancelledPartyHasNotArrived(Place place) throws Exception {
        try (var parties = new Parties(place)) {
            Party first = parties.startWaiting(this::waiters, () -> indexes.add(barrier.await()));
            parties.startWaiting(this::waiters, () -> indexes.add(barrier.await()));
            first.cancel();
            assertThat(first.join()).isFalse();
            parties.startWaiting(this::waiters, () -> indexes.add(barrier.await()));
            assertThat(indexes).isEmpty();
            assertThat(barrier.await()).isEqualTo(2);
            parties.join();
        }
        assertThat(indexes).containsExactlyInAnyOrder(0, 1);
    }

    @ParameterizedTest
    @EnumSource
    void abortReachesThoseWhoWaitAndThoseWhoCome(Place place) throws Exception {
        try (var parties = new Parties(place)) {
            for (int i = 0; i < 2; i++) {
                parties.startWaiting(
                        this::waiters,
                        () -> assertThatThrownBy(barrier::await)
                                .isInstanceOf(Barrier.BrokenException.class)
                                .hasMessage("await barrier round: disk full"));
            }
            assertThat(barrier.abort("disk full")).isTrue();
            assertThat(barrier.abort("again")).isFalse();
            parties.join();
            assertThatThrownBy(barrier::await).isInstanceOf(Barrier.BrokenException.class);
            assertThat(barrier.statistics().broken()).contains("disk full");
            barrier.reset();
            for (int i = 0; i < 2; i++) {
                parties.startWaiting(this::waiters, barrier::await);
            }
            assertThat(barrier.await()).isEqualTo(2);
            parties.join();
        }
    }

    @Test
    void resetBreaksTheRoundOnly() throws Exception {
        try (var parties = new Parties(Place.MIXED)) {
            parties.startWaiting(
                    this::waiters,
                    () -> assertThatThrownBy(barrier::await)
                            .isInstanceOf(Barrier.BrokenException.class)
                            .hasMessage("await barrier round: reset"));
            barrier.reset();
            parties.join();
            assertThat(barrier.statistics().broken()).isEmpty();
        }
    }

    @Test
    @SuppressWarnings("NullAway") // the point of it
    void anAbortHasToSayWhy() {
        assertThatThrownBy(() -> barrier.abort(null)).isInstanceOf(NullPointerException.class);
        assertThat(barrier.statistics().broken()).isEmpty();
    }

    @Test
    void onePartyWaitsForNobody() {
        assertThat(new Barrier(1).await()).isZero();
        assertThatThrownBy(() -> new Barrier(0)).hasMessageContaining("parties=0, expected 1 or more");
        assertThat(barrier).hasToString("barrier round");
    }
}
