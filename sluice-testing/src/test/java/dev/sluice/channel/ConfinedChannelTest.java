package dev.sluice.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.loop.Loop;
import dev.sluice.loop.Loops;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.task.CancelScope;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Channels that only the coroutines of one loop may use.
@Tag("needs-opens")
class ConfinedChannelTest {
    private static void assertRefused(Runnable use) {
        assertThatThrownBy(use::run)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("use of channel mine: thread=")
                .hasMessageContaining("which it is confined to");
    }

    private static void assertAllRefused(Channel<Integer> channel, Channel<Integer> free) {
        assertRefused(() -> channel.send(9));
        assertRefused(() -> channel.trySend(9));
        assertRefused(channel::receive);
        assertRefused(channel::receiveOrEnd);
        assertRefused(channel::tryReceive);
        assertRefused(() -> assertThat(channel.iterator().hasNext()).isTrue());
        assertRefused(channel::close);
        assertRefused(() -> channel.fail(new IllegalStateException("no")));
        assertRefused(() -> channel.cancel(value -> {}));
        assertRefused(channel::statistics);
        assertRefused(() -> channel.onClosed(() -> "closed"));
        var mixed = Select.of(free.onReceive(value -> {}), channel.onReceive(value -> {}));
        assertRefused(mixed::await);
        assertRefused(() -> mixed.poll(ChannelClause::nothing));
        assertThat(free.trySend(1)).isEqualTo(Offer.SENT); // its lock is free, and nobody waits
        assertThat(free.tryReceive()).isEqualTo(new Received.Value<>(1));
    }

    @Test
    void othersAreRefusedAndNothingHasHappened() {
        try (Loops loops = Loops.open(LoopsConfig.defaults().withCount(2))) {
            Sluice.callOn(loops.loop(0), "owner", () -> {
                Channel<Integer> channel =
                        Channel.<Integer>buffered(4).named("mine").confined();
                channel.send(1);
                Channel<Integer> free = Channel.buffered(1);
                Sluice.offload(() -> {
                    assertAllRefused(channel, free);
                    return 0;
                });
                try (var group = TaskGroup.open()) {
                    group.startOn(loops.loop(1), "other", () -> assertAllRefused(channel, free));
                    group.join();
                }
                assertThat(channel.statistics().sent()).isEqualTo(1);
                assertThat(channel.receive()).isEqualTo(1);
                assertThat(channel.tryReceive()).isEqualTo(new Received.Empty<>());
                return 0;
            });
        }
    }

    @Test
    void onlyALoopCanHaveOne() {
        Channel<Integer> channel = Channel.rendezvous();
        assertThatThrownBy(channel::confined).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> CompletableFuture.runAsync(channel::confined).join())
                .isInstanceOf(CompletionException.class);
        Channel<Integer> delayed = Channel.delayed(1, value -> Duration.ZERO);
        Sluice.run(() -> assertThatThrownBy(delayed::confined).hasMessageContaining("the loop of its timers"));
        assertThat(delayed.trySend(1)).isEqualTo(Offer.SENT);
    }

    /// All kinds, with selects, cancellation and the end, in many orders.
    @Test
    void nothingIsLostOnItsLoop() throws Exception {
        Simulation.seeds(100, simulation -> {
            List<Channel<Integer>> channels = List.of(
                    Channel.<Integer>rendezvous().confined(),
                    Channel.<Integer>buffered(2).confined(),
                    Channel.<Integer>unlimited().confined(),
                    Channel.<Integer>priority(2, value -> value).confined(),
                    Channel.<Integer>delayed(2, value -> Duration.ofNanos(value % 7))
                            .confined(),
                    Channel.rendezvous()); // a select may mix them
            List<Integer> sent = new ArrayList<>();
            List<Integer> received = new ArrayList<>();
            try (var group = TaskGroup.open()) {
                var senders = IntStream.range(0, 3)
                        .mapToObj(sender -> group.start("sender " + sender, () -> {
                            for (int i = 0; i < 30; i++) {
                                int value = sender * 100 + i;
                                var channel = channels.get(simulation.random().nextInt(channels.size()));
                                CancelScope.run(scope -> {
                                    if (simulation.random().nextInt(4) == 0) {
                                        scope.cancel("now and then");
                                    }
                                    channel.send(value);
                                    sent.add(value);
                                });
                                if (simulation.random().nextInt(4) == 0) {
                                    Sluice.sleep(
                                            Duration.ofNanos(simulation.random().nextInt(20)));
                                }
                            }
                        }))
                        .toList();
                for (int i = 0; i < 2; i++) {
                    group.start("receiver", () -> {
                        List<Clause<Void>> clauses = new ArrayList<>();
                        channels.forEach(channel -> clauses.add(channel.onReceive(received::add)));
                        var select = Select.of(clauses);
                        try {
                            while (true) {
                                select.await();
                            }
                        } catch (ChannelClosedException over) {
                            channels.forEach(channel -> channel.forEach(received::add));
                        }
                    });
                }
                senders.forEach(sender -> sender.outcome());
                channels.forEach(Channel::close);
                group.join();
            }
            assertThat(received).containsExactlyInAnyOrderElementsOf(sent);
        });
    }

    @Test
    void whatTheLoopsThreadDoesIsAtHome() {
        Simulation.seed(4).run(() -> {
            Channel<Integer> later = Channel.<Integer>delayed(4, value -> Duration.ofSeconds(value))
                    .confined();
            later.send(2);
            later.send(1);
            assertThat(List.of(later.receive(), later.receive())).containsExactly(1, 2);
            assertThat(Loop.current().confined()).isTrue();
        });
    }
}
