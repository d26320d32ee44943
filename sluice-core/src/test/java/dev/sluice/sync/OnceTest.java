package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.sync.Parties.Party;
import dev.sluice.sync.Parties.Place;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OnceTest {
    private final Once<String> once = new Once<>("config");
    private final AtomicInteger calls = new AtomicInteger();
    private final Event go = new Event("go");

    private List<String> waiters() {
        return once.statistics().waiters();
    }

    private String make() {
        int call = calls.incrementAndGet();
        go.await();
        return "value " + call;
    }

    @ParameterizedTest
    @EnumSource
    void oneMakesItTheOthersWait(Place place) throws Exception {
        try (var parties = new Parties(place)) {
            parties.start(() -> assertThat(once.get(this::make)).isEqualTo("value 1"));
            Parties.until(() -> calls.get() == 1);
            for (int i = 1; i < 5; i++) {
                parties.startWaiting(
                        this::waiters, () -> assertThat(once.get(this::make)).isEqualTo("value 1"));
            }
            assertThat(once.statistics().maker()).contains(parties.name(0));
            assertThat(once.find()).isEmpty();
            go.set();
            parties.join();
        }
        assertThat(calls).hasValue(1);
        assertThat(once.find()).contains("value 1");
        assertThat(once.statistics()).isEqualTo(new Once.Statistics("config", true, Optional.empty(), List.of()));
    }

    @ParameterizedTest
    @EnumSource
    void nextTriesWhenTheMakerIsCancelled(Place place) throws Exception {
        try (var parties = new Parties(place)) {
            Party maker = parties.start(() -> once.get(this::make));
            Parties.until(() -> calls.get() == 1);
            Party waiter = parties.startWaiting(this::waiters, () -> once.get(this::make));
            parties.startWaiting(
                    this::waiters, () -> assertThat(once.get(this::make)).isEqualTo("value 2"));
            maker.cancel();
            assertThat(maker.join()).isFalse();
            Parties.until(() -> calls.get() == 2);
            go.set();
            assertThat(waiter.join()).isTrue();
            parties.join();
        }
        assertThat(calls).hasValue(2);
    }

    @ParameterizedTest
    @EnumSource
    void cancelledWaiterLeavesTheOthers(Place place) throws Exception {
        try (var parties = new Parties(place)) {
            parties.start(() -> once.get(this::make));
            Parties.until(() -> calls.get() == 1);
            Party waiter = parties.startWaiting(this::waiters, () -> once.get(this::make));
            waiter.cancel();
            assertThat(waiter.join()).isFalse();
            go.set();
            parties.join();
        }
        assertThat(once.get(this::make)).isEqualTo("value 1");
    }

    @Test
    void failureIsThrownAndNotRemembered() throws IOException {
        assertThatThrownBy(() -> once.get(() -> {
                    throw new IOException("disk full");
                }))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> once.get(OnceTest::nothing))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("get once config: the body returned null");
        assertThat(once.<IOException>get(() -> "made")).isEqualTo("made");
    }

    @SuppressWarnings("NullAway") // on purpose
    private static String nothing() {
        return null;
    }

    @Test
    void bodyThatAsksForItselfIsTold() {
        Sluice.run(() -> assertThatThrownBy(() -> once.get(() -> once.get(() -> "inner") + "outer"))
                .isInstanceOf(OwnershipException.class)
                .hasMessage("get once config: asked for by its own body, in main"));
        assertThat(once.find()).isEmpty();
    }
}
