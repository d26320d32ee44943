package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.sync.Parties.Party;
import dev.sluice.sync.Parties.Place;
import dev.sluice.task.CancelScope;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Events and count-downs.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EventTest {
    private final Event ready = new Event("ready");
    private final CountDown started = new CountDown("started", 3);

    @ParameterizedTest
    @EnumSource
    void allWhoWaitGoOn(Place place) throws Exception {
        AtomicInteger through = new AtomicInteger();
        try (var parties = new Parties(place)) {
            for (int i = 0; i < 4; i++) {
                parties.startWaiting(() -> ready.statistics().waiters(), () -> {
                    ready.await();
                    through.incrementAndGet();
                });
            }
            assertThat(ready.statistics())
                    .isEqualTo(new Event.Statistics(
                            "ready",
                            false,
                            List.of(parties.name(0), parties.name(1), parties.name(2), parties.name(3))));
            assertThat(through).hasValue(0);
            assertThat(ready.set()).isTrue();
            assertThat(ready.clear()).isTrue(); // those who waited go on all the same
            parties.join();
        }
        assertThat(through).hasValue(4);
    }

    @ParameterizedTest
    @EnumSource
    void cancelledWaiterLeavesTheOthers(Place place) throws Exception {
        try (var parties = new Parties(place)) {
            Party first = parties.startWaiting(() -> ready.statistics().waiters(), ready::await);
            Party second = parties.startWaiting(() -> ready.statistics().waiters(), ready::await);
            first.cancel();
            assertThat(first.join()).isFalse();
            ready.set();
            assertThat(second.join()).isTrue();
        }
    }

    @Test
    void setEventHoldsNobodyUp() {
        assertThat(ready.isSet()).isFalse();
        assertThat(ready.set()).isTrue();
        assertThat(ready.set()).isFalse();
        assertThat(ready.isSet()).isTrue();
        ready.await();
        Sluice.run(() -> CancelScope.run(scope -> {
            scope.cancel("enough");
            assertThat(Parties.isCancelled(ready::await)).as("every wait looks").isTrue();
        }));
        assertThat(ready).hasToString("event ready");
    }

    @ParameterizedTest
    @EnumSource
    void lastCountLetsAllGoOn(Place place) throws Exception {
        AtomicInteger last = new AtomicInteger();
        try (var parties = new Parties(place)) {
            for (int i = 0; i < 2; i++) {
                parties.startWaiting(() -> started.statistics().waiters(), started::await);
            }
            Party cancelled = parties.startWaiting(() -> started.statistics().waiters(), started::await);
            cancelled.cancel();
            assertThat(cancelled.join()).isFalse();
            for (int i = 0; i < 3; i++) {
                parties.start(() -> last.addAndGet(started.countDown() ? 1 : 0));
            }
            parties.join();
        }
        assertThat(last).hasValue(1);
        assertThat(started.count()).isZero();
        assertThat(started.countDown()).isFalse();
        assertThat(started.statistics()).isEqualTo(new CountDown.Statistics("started", 0, List.of()));
        assertThat(started).hasToString("count-down started");
    }

    @Test
    void countIsChecked() {
        assertThatThrownBy(() -> new CountDown(-1)).hasMessageContaining("count=-1, expected 0 or more");
        new CountDown(0).await();
    }
}
