package dev.sluice.guide;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.channel.Channel;
import dev.sluice.sync.Lock;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Cancellations;
import dev.sluice.testing.DeadlockException;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("needs-opens")
class TestingGuideTest {
    // tag::program
    /// Gives a reading every hour, until it is cancelled.
    static void poll(List<String> seen) {
        while (true) {
            seen.add("reading at " + Sluice.clock().now());
            Sluice.sleep(ofHours(1));
        }
    }
    // end::program

    // tag::time
    @Simulated(seeds = 20)
    void aDayOfReadings(Simulation simulation) {
        List<String> seen = new ArrayList<>();
        try (var group = TaskGroup.open()) {
            group.start("poll", () -> poll(seen));
            Sluice.sleep(ofDays(1).minus(ofMinutes(1)));
            group.cancel("seen enough");
        }
        assertThat(seen).hasSize(24);
        assertThat(simulation.elapsed()).isLessThan(ofDays(1)); // and the test took milliseconds
    }
    // end::time

    // tag::order
    @Simulated(seeds = 200)
    void nothingIsLostInAnyOrder() {
        Channel<Integer> numbers = Channel.buffered(2);
        List<Integer> got = new ArrayList<>();
        try (var group = TaskGroup.open()) {
            for (int i = 0; i < 3; i++) {
                int first = 10 * i;
                group.start("producer " + i, () -> {
                    numbers.send(first);
                    numbers.send(first + 1);
                });
            }
            group.start("consumer", () -> {
                for (int i = 0; i < 6; i++) {
                    got.add(numbers.receive());
                }
            });
            group.join();
        }
        assertThat(got).containsExactlyInAnyOrder(0, 1, 10, 11, 20, 21).containsSubsequence(10, 11);
    }
    // end::order

    // tag::account
    static final class Account {
        int here = 100;
        int there;
        private final Lock lock = new Lock("account");

        void transfer(int amount) {
            lock.run(() -> {
                Sluice.yield(); // say, a look at the limits; a cancellation here must change nothing
                here -= amount;
                there += amount;
            });
        }
    }
    // end::account

    @Test
    void cancellations() throws Exception {
        // tag::cancel
        int suspensions = Cancellations.atEverySuspension(
                Account::new, // fresh for each run
                account -> account.transfer(30), // is cancelled, at another place in each run
                account -> assertThat(account.here + account.there).isEqualTo(100)); // whatever happened
        // end::cancel
        assertThat(suspensions).isPositive();
    }

    @Test
    void deadlock() {
        // tag::deadlock
        assertThatThrownBy(
                        () -> Simulation.seed(1).run(() -> Channel.rendezvous().receive()))
                .isInstanceOf(DeadlockException.class)
                .hasMessageContaining("receive from channel");
        // end::deadlock
    }
}
