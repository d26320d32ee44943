package dev.sluice.channel;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.loop.Loop;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Actors;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TickerTest {
    @Tag("needs-opens")
    @Simulated(seeds = 20)
    void ticksComeOnTime(Simulation simulation) {
        try (var ticker = Ticker.every(ofSeconds(2))) {
            for (long tick = 1; tick <= 5; tick++) {
                assertThat(ticker.ticks().receive()).isEqualTo(tick);
                assertThat(simulation.elapsed()).isEqualTo(ofSeconds(2 * tick));
            }
        }
    }

    @Tag("needs-opens")
    @Simulated(seeds = 20)
    void aSlowReceiverSkipsAndDoesNotDrift(Simulation simulation) {
        try (var ticker = Ticker.every(ofSeconds(1))) {
            Sluice.sleep(ofMillis(3_500));
            assertThat(ticker.ticks().receive()).isEqualTo(3);
            assertThat(ticker.ticks().tryReceive()).isEqualTo(new Received.Empty<>());
            assertThat(ticker.ticks().receive()).isEqualTo(4);
            assertThat(simulation.elapsed()).isEqualTo(ofSeconds(4));
        }
    }

    @Tag("needs-opens")
    @Simulated(seeds = 20)
    void closingEndsThoseWhoWaitAndLeavesNoTimer(Simulation simulation) {
        long before = Loop.current().statistics().now().timers();
        try (var group = TaskGroup.open()) {
            var ticker = Ticker.every(ofSeconds(1));
            List<Long> seen = new ArrayList<>();
            group.start("reader", () -> ticker.ticks().forEach(seen::add));
            Sluice.sleep(ofMillis(2_500));
            ticker.close();
            ticker.close();
            group.join();
            assertThat(seen).containsExactly(1L, 2L);
        }
        assertThat(Loop.current().statistics().now().timers()).isEqualTo(before);
    }

    @Tag("needs-opens")
    @Simulated(seeds = 20)
    void ticksAreAClause() {
        Channel<String> orders = Channel.rendezvous();
        try (var group = TaskGroup.open();
                var ticker = Ticker.every(ofSeconds(1))) {
            group.start("shop", () -> {
                Sluice.sleep(ofMillis(1_500));
                orders.send("order");
            });
            var select = Select.<String>of(
                    orders.onReceived(order -> "order"), ticker.ticks().onReceived(tick -> "tick"));
            assertThat(List.of(select.await(), select.await(), select.await()))
                    .containsExactly("tick", "order", "tick");
            group.join();
        }
    }

    @Tag("needs-opens")
    @Simulated(seeds = 20)
    void aTickAfterAWhileIsTheOnlyOne(Simulation simulation) {
        long before = Loop.current().statistics().now().timers();
        try (var late = Ticker.after(ofSeconds(3));
                var atOnce = Ticker.after(ofSeconds(-1))) {
            assertThat(atOnce.ticks().receive()).isEqualTo(1);
            assertThat(simulation.elapsed()).isZero();
            List<Long> seen = new ArrayList<>();
            late.ticks().forEach(seen::add);
            assertThat(seen).containsExactly(1L);
            assertThat(simulation.elapsed()).isEqualTo(ofSeconds(3));
        }
        Ticker never = Ticker.after(ofSeconds(3));
        never.close();
        assertThat(never.ticks().tryReceive()).isEqualTo(new Received.Done<>());
        assertThat(Loop.current().statistics().now().timers()).isEqualTo(before);
    }

    @Test
    void ticksReachThreadsAndOtherLoops() {
        Actors.everywhere(actors -> {
            try (var ticker = Ticker.every(ofMillis(1))) {
                for (int party = 0; party < 3; party++) {
                    actors.start(() -> assertThat(ticker.ticks().receive()).isPositive());
                }
                actors.join();
            }
        });
    }

    @Test
    void theLeastPeriodIsAMillisecond() {
        assertThatThrownBy(() -> Ticker.every(Duration.ofNanos(999_999)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("period=")
                .hasMessageContaining("expected at least 1 ms");
    }
}
