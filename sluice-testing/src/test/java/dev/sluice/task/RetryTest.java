package dev.sluice.task;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.cancel.CancelledException;
import dev.sluice.cancel.DeadlineExceededException;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// How often and when something is tried again.
@Tag("needs-opens")
class RetryTest {
    /// Fails, and notes when it was tried.
    private static final class Attempts {
        final List<Duration> moments = new ArrayList<>();

        int failUntil(int last) throws IOException {
            moments.add(Simulation.current().elapsed());
            if (moments.size() < last) {
                throw new IOException("attempt " + moments.size());
            }
            return moments.size();
        }
    }

    @Simulated(seeds = 200)
    void pausesGrowAndTheirRandomPartComesFromTheSeed(Simulation simulation) {
        double jitter = simulation.random().nextDouble();
        var attempts = new Attempts();
        Throwable thrown = catchThrowable(() -> Retry.attempts(6)
                .backoff(ofMillis(100), ofSeconds(1))
                .jitter(jitter)
                .run(() -> attempts.failUntil(99)));
        assertThat(thrown).isInstanceOf(IOException.class).hasMessage("attempt 6");
        assertThat(thrown.getSuppressed())
                .extracting(Throwable::getMessage)
                .startsWith("attempt 1", "attempt 2", "attempt 3", "attempt 4", "attempt 5");
        assertThat(attempts.moments).hasSize(6);
        int[] pauses = {100, 200, 400, 800, 1000};
        for (int i = 0; i < pauses.length; i++) {
            Duration pause = attempts.moments.get(i + 1).minus(attempts.moments.get(i));
            long shortest = (long) (ofMillis(pauses[i]).toNanos() * (1 - jitter));
            assertThat(pause).isBetween(Duration.ofNanos(shortest), ofMillis(pauses[i]));
        }
    }

    private static List<Duration> momentsOf(long seed) {
        var attempts = new Attempts();
        Simulation.seed(seed).run(() -> {
            assertThat(catchThrowable(() -> Retry.attempts(5).run(() -> attempts.failUntil(99))))
                    .isInstanceOf(IOException.class);
        });
        return attempts.moments;
    }

    @Test
    void sameSeedPausesTheSameAndOthersDoNot() {
        Set<List<Duration>> different = new HashSet<>();
        for (long seed = 0; seed < 20; seed++) {
            assertThat(momentsOf(seed)).isEqualTo(momentsOf(seed));
            different.add(momentsOf(seed));
        }
        assertThat(different).hasSize(20);
    }

    @Simulated
    void successEndsIt() throws IOException {
        var attempts = new Attempts();
        assertThat(Retry.attempts(5).<Integer, IOException>call(() -> attempts.failUntil(3)))
                .isEqualTo(3);
        assertThat(attempts.moments).hasSize(3);
    }

    @Simulated
    void otherFailuresAreNotRetried(Simulation simulation) {
        assertThatThrownBy(() -> Retry.attempts(5).on(IOException.class).run(() -> {
                    throw new IllegalStateException("other");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(simulation.elapsed()).isZero();
    }

    @Simulated
    void deadlineAroundBoundsAllAttempts(Simulation simulation) {
        var attempts = new Attempts();
        assertThatThrownBy(() -> Deadline.after(ofSeconds(1))
                        .run(() -> Retry.attempts(1000)
                                .backoff(ofMillis(300), ofMillis(300))
                                .jitter(0)
                                .run(() -> attempts.failUntil(9999))))
                .isInstanceOf(DeadlineExceededException.class)
                .satisfies(thrown -> assertThat(thrown.getCause().getSuppressed())
                        .extracting(Throwable::getMessage)
                        .containsExactly("attempt 1", "attempt 2", "attempt 3", "attempt 4"));
        assertThat(simulation.elapsed()).isEqualTo(ofSeconds(1));
    }

    @Simulated
    void deadlineOfOneAttemptIsRetried(Simulation simulation) {
        int[] tries = {0};
        Retry.attempts(3)
                .backoff(ofSeconds(1), ofSeconds(1))
                .jitter(0)
                .run(() -> Deadline.after(ofSeconds(1)).run(() -> {
                    if (++tries[0] < 3) {
                        dev.sluice.Sluice.sleep(ofHours(1));
                    }
                }));
        assertThat(tries[0]).isEqualTo(3);
        assertThat(simulation.elapsed()).isEqualTo(ofSeconds(4));
    }

    @Simulated
    void cancellationIsNotRetried() {
        int[] tries = {0};
        boolean whole = CancelScope.run(scope -> Retry.attempts(10).run(() -> {
            tries[0]++;
            scope.cancel("stop");
            CancelScope.checkpoint();
        }));
        assertThat(whole).isFalse();
        assertThat(tries[0]).isEqualTo(1);
    }

    @Simulated
    void cancellationDuringAPauseTellsTheFailuresBefore() {
        assertThatThrownBy(() -> {
                    try (var group = TaskGroup.open()) {
                        group.start("stopper", () -> {
                            dev.sluice.Sluice.sleep(ofMillis(500));
                            group.cancel("stop");
                        });
                        Retry.attempts(10).backoff(ofHours(1), ofHours(1)).run(() -> {
                            throw new IOException("down");
                        });
                    }
                })
                .isInstanceOf(CancelledException.class)
                .satisfies(thrown -> assertThat(thrown.getSuppressed()[0]).hasMessage("down"));
    }

    @Simulated(seeds = 1)
    void ofVeryManyFailuresTheLastAreTold() {
        var attempts = new Attempts();
        assertThatThrownBy(() -> Retry.attempts(250).run(() -> attempts.failUntil(999)))
                .hasMessage("attempt 250")
                .satisfies(thrown -> assertThat(thrown.getSuppressed())
                        .hasSize(100)
                        .extracting(Throwable::getMessage)
                        .startsWith("attempt 150")
                        .endsWith("attempt 249"));
    }
}
