package dev.sluice.channel;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.loop.Loop;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Actors;
import dev.sluice.testing.ChannelContract;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The contract without a delay, and what delays add to it.
class DelayedChannelTest extends ChannelContract {
    @Override
    protected Channel<Integer> create() {
        return Channel.delayed(4, value -> Duration.ZERO);
    }

    @Override
    protected int capacity() {
        return 4;
    }

    private static Channel<Integer> inSeconds() {
        return Channel.delayed(4, value -> ofSeconds(value));
    }

    @Tag("needs-opens")
    @Simulated(seeds = 20)
    void valuesComeInTheirTime(Simulation simulation) {
        Channel<Integer> channel = inSeconds();
        channel.send(3);
        channel.send(1);
        assertThat(channel.tryReceive()).isEqualTo(new Received.Empty<>());
        assertThat(channel.receive()).isEqualTo(1);
        assertThat(simulation.elapsed()).isEqualTo(ofSeconds(1));
        assertThat(channel.receive()).isEqualTo(3);
        assertThat(simulation.elapsed()).isEqualTo(ofSeconds(3));
    }

    @Tag("needs-opens")
    @Simulated(seeds = 20)
    void anEarlierValueOvertakesTheAlarm(Simulation simulation) {
        Channel<Integer> channel = inSeconds();
        try (var group = TaskGroup.open()) {
            channel.send(100);
            group.start("sender", () -> {
                Sluice.sleep(ofSeconds(5));
                channel.send(2);
            });
            assertThat(channel.receive()).isEqualTo(2);
            assertThat(simulation.elapsed()).isEqualTo(ofSeconds(7));
            assertThat(channel.receive()).isEqualTo(100);
            assertThat(simulation.elapsed()).isEqualTo(ofSeconds(100));
            group.join();
        }
    }

    @Tag("needs-opens")
    @Simulated(seeds = 20)
    void aSelectWaitsForTheTime(Simulation simulation) {
        Channel<Integer> channel = inSeconds();
        Channel<Integer> never = Channel.rendezvous();
        channel.send(2);
        List<Integer> received = new ArrayList<>();
        Select.of(channel.onReceive(received::add), never.onReceive(received::add))
                .await();
        assertThat(received).containsExactly(2);
        assertThat(simulation.elapsed()).isEqualTo(ofSeconds(2));
    }

    @Tag("needs-opens")
    @Simulated(seeds = 20)
    void theEndComesAfterTheLastValue(Simulation simulation) {
        Channel<Integer> channel = inSeconds();
        try (var group = TaskGroup.open()) {
            var first = group.start("first", channel::receiveOrEnd);
            var second = group.start("second", channel::receiveOrEnd);
            Simulation.awaitAllBlocked();
            channel.send(4);
            channel.close();
            assertThat(List.of(first.get(), second.get()))
                    .containsExactlyInAnyOrder(new Received.Value<>(4), new Received.Done<>());
            assertThat(simulation.elapsed()).isEqualTo(ofSeconds(4));
            assertThatThrownBy(channel::receive).isInstanceOf(ChannelClosedException.class);
            group.join();
        }
    }

    @Tag("needs-opens")
    @Simulated(seeds = 20)
    void whatIsNotDueTakesRoom(Simulation simulation) {
        Channel<Integer> channel = inSeconds();
        for (int i = 1; i <= 4; i++) {
            channel.send(i);
        }
        assertThat(channel.trySend(9)).isEqualTo(Offer.FULL);
        assertThat(Deadline.after(Duration.ofMillis(1)).tryRun(() -> channel.send(9)))
                .isFalse();
        assertThat(channel.receive()).isEqualTo(1);
        assertThat(channel.trySend(9)).isEqualTo(Offer.SENT);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, -100_000_000_000L, Long.MIN_VALUE})
    void aNegativeDelayIsNone(long seconds) {
        Channel<Integer> channel = Channel.delayed(4, value -> ofSeconds(seconds));
        channel.send(1);
        channel.send(2);
        assertThat(channel.tryReceive()).isEqualTo(new Received.Value<>(1));
        assertThat(channel.tryReceive()).isEqualTo(new Received.Value<>(2));
    }

    @Tag("needs-opens")
    @Simulated(seeds = 20)
    void oneTimerStaysForAValueThatManyOvertake(Simulation simulation) {
        Channel<Integer> channel = inSeconds();
        channel.send(1000);
        try (var group = TaskGroup.open()) {
            var receiver = group.start("receiver", () -> {
                for (int got = channel.receive(); got != 1000; got = channel.receive()) {
                    assertThat(got).isEqualTo(1);
                }
            });
            for (int i = 0; i < 50; i++) {
                Simulation.awaitAllBlocked();
                channel.send(1);
                Sluice.sleep(ofSeconds(2));
            }
            assertThat(timers()).isEqualTo(1);
            receiver.get();
            assertThat(simulation.elapsed()).isEqualTo(ofSeconds(1000));
            group.join();
        }
        assertThat(timers()).isZero();
    }

    @Tag("needs-opens")
    @Simulated(seeds = 20)
    void aCancelledChannelLeavesNoTimer(Simulation simulation) {
        Channel<Integer> channel = inSeconds();
        channel.send(1000);
        assertThat(Deadline.after(ofSeconds(1)).tryRun(channel::receive)).isFalse();
        channel.send(500);
        assertThat(Deadline.after(ofSeconds(1)).tryRun(channel::receive)).isFalse();
        assertThat(timers()).isEqualTo(2);
        channel.cancel(value -> {});
        Simulation.awaitAllBlocked();
        assertThat(timers()).isZero();
    }

    private static long timers() {
        return Loop.current().statistics().now().timers();
    }

    @Test
    void cancellingGivesBackWhatIsNotDue() {
        Channel<Integer> channel = inSeconds();
        channel.send(20);
        channel.send(10);
        List<Integer> dropped = new ArrayList<>();
        assertThat(channel.cancel(dropped::add)).isTrue();
        assertThat(dropped).containsExactly(10, 20);
        assertThat(channel.tryReceive()).isEqualTo(new Received.Done<>());
    }

    @Tag("needs-opens")
    @Simulated(seeds = 200)
    void nothingIsLostOrEarly(Simulation simulation) {
        Channel<Integer> channel = Channel.delayed(3, value -> Duration.ofNanos(value % 97));
        List<Integer> sent = new ArrayList<>();
        List<Integer> received = new ArrayList<>();
        try (var group = TaskGroup.open()) {
            var sender = group.start("sender", () -> {
                for (int i = 0; i < 60; i++) {
                    int value = i * 31;
                    if (Deadline.after(Duration.ofNanos(simulation.random().nextInt(150)))
                            .tryRun(() -> channel.send(value))) {
                        sent.add(value);
                    }
                }
                channel.close();
            });
            for (int i = 0; i < 3; i++) {
                group.start("receiver-" + i, () -> receiveImpatiently(simulation, channel, received));
            }
            sender.outcome();
            group.join();
        }
        assertThat(received).containsExactlyInAnyOrderElementsOf(sent);
    }

    /// The alarm rings on the loop that made the channel, which is busy here.
    @Test
    void whoWaitsComesBeforeWhoLooksWhenTheAlarmIsLate() throws Exception {
        var received = new AtomicInteger();
        Sluice.run(() -> {
            Channel<Integer> channel = Channel.delayed(4, value -> Duration.ofMillis(5));
            Thread waits = Thread.ofPlatform().start(() -> received.set(channel.receive()));
            Actors.await("it waits", () -> channel.statistics().waitingReceivers() == 1);
            channel.send(7);
            long start = System.nanoTime();
            while (System.nanoTime() - start < 20_000_000) {
                Thread.onSpinWait();
            }
            assertThat(channel.tryReceive()).isEqualTo(new Received.Empty<>());
            waits.join();
        });
        assertThat(received.get()).isEqualTo(7);
    }

    private static void receiveImpatiently(Simulation simulation, Channel<Integer> channel, List<Integer> received) {
        boolean[] over = {false};
        while (!over[0]) {
            Deadline.after(Duration.ofNanos(1 + simulation.random().nextInt(150)))
                    .tryRun(() -> {
                        switch (channel.receiveOrEnd()) {
                            case Received.Value<Integer>(Integer value) -> received.add(value);
                            default -> over[0] = true;
                        }
                    });
        }
    }
}
