package dev.sluice.sync;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.internal.testkit.OnSeams;
import dev.sluice.sync.Parties.Party;
import dev.sluice.sync.Parties.Place;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import dev.sluice.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// In real time; when exactly permits come is tested in virtual time.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RateLimiterTest {
    private static final RateLimiter HOURLY = RateLimiter.of(1, ofHours(1)).named("hourly");

    @ParameterizedTest
    @EnumSource
    void neverMoreThanTheRate(Place place) throws Exception {
        RateLimiter limiter = RateLimiter.of(1000, ofSeconds(1)).withBurst(5);
        long start = Clock.system().nanoTime();
        try (var parties = new Parties(place)) {
            for (int p = 0; p < 4; p++) {
                parties.start(() -> {
                    for (int i = 0; i < 50; i++) {
                        limiter.acquire();
                    }
                });
            }
            parties.join();
        }
        Duration took = Duration.ofNanos(Clock.system().nanoTime() - start);
        // 200 permits, 5 of them at once, and 10 ms of lateness made up for
        assertThat(took).isGreaterThan(ofMillis(195 - 10 - 1));
        assertThat(limiter.statistics().waiters()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void cancelledWaiterHasTakenNothing(Place place) throws Exception {
        RateLimiter limiter = RateLimiter.of(1, ofHours(1)).withBurst(2);
        try (var parties = new Parties(place)) {
            limiter.acquire();
            Party greedy = parties.startWaiting(() -> limiter.statistics().waiters(), () -> limiter.acquire(2));
            Party modest = parties.startWaiting(() -> limiter.statistics().waiters(), limiter::acquire);
            assertThat(limiter.statistics().waiters()).containsExactly(parties.name(0), parties.name(1));
            assertThat(limiter.statistics().available()).isBetween(-2.0, -1.9);
            assertThat(limiter.tryAcquire()).isFalse();
            greedy.cancel();
            assertThat(greedy.join()).isFalse();
            assertThat(modest.join()).as("what the greedy one waited for").isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void waiterBehindTheFirstCanBeCancelled(Place place) throws Exception {
        RateLimiter limiter = RateLimiter.of(1, ofHours(1));
        try (var parties = new Parties(place)) {
            limiter.acquire();
            Party first = parties.startWaiting(() -> limiter.statistics().waiters(), limiter::acquire);
            Party second = parties.startWaiting(() -> limiter.statistics().waiters(), limiter::acquire);
            second.cancel();
            assertThat(second.join()).isFalse();
            assertThat(limiter.statistics().waiters()).containsExactly(parties.name(0));
            first.cancel();
            assertThat(first.join()).isFalse();
            assertThat(limiter.statistics().available()).isBetween(0.0, 0.5);
        }
    }

    @Test
    void callerWhoseDeadlineWouldPassIsRefusedAtOnce() {
        Sluice.run(() -> {
            RateLimiter limiter = RateLimiter.of(1, ofHours(1)).named("hourly");
            limiter.acquire();
            Deadline.after(ofSeconds(60))
                    .run(() -> assertThatThrownBy(limiter::acquire)
                            .isInstanceOfSatisfying(
                                    RateLimiter.RefusedException.class,
                                    refused -> assertThat(refused.delay()).isBetween(ofSeconds(3500), ofHours(1)))
                            .hasMessageStartingWith("acquire rate limiter hourly: delay=59 min ")
                            .hasMessageEndingWith(" until the deadline"));
            assertThat(limiter.statistics().waiters()).isEmpty();
            Deadline.after(ofMinutes(90)).run(() -> {
                try (var group = TaskGroup.open()) {
                    var waits = group.start("waits", () -> limiter.acquire());
                    Parties.until(() -> limiter.statistics().waiters().size() == 1);
                    assertThatThrownBy(limiter::acquire)
                            .as("behind another one it takes two hours")
                            .isInstanceOf(RateLimiter.RefusedException.class);
                    waits.cancel("seen");
                    group.join();
                }
            });
        });
    }

    @Test
    void permitsAreKeptUpToTheBurst() {
        RateLimiter limiter = RateLimiter.of(1, ofHours(1)).withBurst(3);
        assertThat(limiter.tryAcquire(2)).isTrue();
        assertThat(limiter.tryAcquire(2)).isFalse();
        assertThat(limiter.tryAcquire()).isTrue();
        assertThat(limiter.tryAcquire()).isFalse();
    }

    @Test
    void aPeriodBeyondAllTimeGivesTheBurstAndNoMore() {
        RateLimiter limiter =
                RateLimiter.of(1, ChronoUnit.FOREVER.getDuration()).withBurst(2);
        assertThat(limiter.tryAcquire(2)).isTrue();
        assertThat(limiter.tryAcquire()).isFalse();
        assertThatThrownBy(() -> Deadline.after(ofHours(1)).run(() -> limiter.acquire()))
                .isInstanceOf(RateLimiter.RefusedException.class);
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> RateLimiter.of(0, ofSeconds(1)))
                .hasMessage("rate limiter: permits=0, period=1 s, expected at least 1 permit in more than no time");
        assertThatThrownBy(() -> RateLimiter.of(1, Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> HOURLY.withBurst(0)).hasMessage("rate limiter hourly: burst=0, expected 1 or more");
        assertThatThrownBy(() -> HOURLY.acquire(2)).hasMessage("acquire rate limiter hourly: count=2, expected 1..1");
        assertThat(HOURLY).hasToString("rate limiter hourly");
        assertThat(HOURLY.withBurst(7).statistics())
                .isEqualTo(new RateLimiter.Statistics("hourly", 1e9 / ofHours(1).toNanos(), 7, 7, List.of()));
    }

    /// A clock that is set by the test.
    private static final class SetClock implements Clock {
        private volatile long nanos = 1000;

        @Override
        public long nanoTime() {
            return nanos;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }
    }

    /// Who reads the clock on one thread may get to the limiter after who has read it later on another.
    @Test
    void anOldReadingOfTheClockDoesNotMakeTimeCountTwice() throws Exception {
        var clock = new SetClock();
        OnSeams.run(OnSeams.clock(clock), () -> {
            RateLimiter limiter = RateLimiter.of(1, Duration.ofNanos(100));
            assertThat(limiter.tryAcquire()).isTrue();
            clock.nanos = 1100;
            assertThat(limiter.tryAcquire()).isTrue();
            clock.nanos = 1000;
            assertThat(limiter.tryAcquire()).isFalse();
            clock.nanos = 1100;
            assertThat(limiter.tryAcquire()).as("the permit of 1100").isFalse();
            clock.nanos = 1200;
            assertThat(limiter.tryAcquire()).isTrue();
        });
    }
}
