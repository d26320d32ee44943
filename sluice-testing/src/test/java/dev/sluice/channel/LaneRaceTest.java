package dev.sluice.channel;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Who comes to a lane sees that nobody waits, is held up at its lock, and has it when somebody does, or when the
/// channel has ended: it does not pass alone.
///
/// Two come while a third holds the lock; the seed says whose turn is first. Who comes counts itself, and then
/// gives up the thread only at the lock.
@Tag("needs-opens")
class LaneRaceTest {
    private static final int SEEDS = 40; // enough for each order to come up many times

    @Test
    void aValueThatComesWhileAReceiverBeginsToWaitIsHandedOver() throws Exception {
        Simulation.seeds(SEEDS, simulation -> {
            Channel<Integer> channel = SplitChannel.buffered(1);
            List<Object> got = new ArrayList<>();
            bothAtOnce(
                    channel,
                    () -> assertThat(channel.trySend(1)).isEqualTo(Offer.SENT),
                    () -> impatiently(() -> got.add(channel.receive())));
            assertThat(got).containsExactly(1);
        });
    }

    @Test
    void roomThatComesWhileASenderBeginsToWaitIsFilled() throws Exception {
        Simulation.seeds(SEEDS, simulation -> {
            Channel<Integer> channel = SplitChannel.buffered(1);
            channel.send(1);
            bothAtOnce(
                    channel,
                    () -> assertThat(channel.tryReceive()).isEqualTo(new Received.Value<>(1)),
                    () -> impatiently(() -> channel.send(2)));
            assertThat(channel.tryReceive()).isEqualTo(new Received.Value<>(2));
        });
    }

    @Test
    void nothingIsSentBehindTheEnd() throws Exception {
        Simulation.seeds(SEEDS, simulation -> {
            Channel<Integer> channel = SplitChannel.buffered(1);
            List<String> order = new ArrayList<>();
            bothAtOnce(
                    channel,
                    () -> order.add(channel.trySend(1) == Offer.SENT ? "sent" : "refused"),
                    () -> order.add(channel.close() ? "closed" : "was closed"));
            assertThat(order).isIn(List.of("sent", "closed"), List.of("closed", "refused"));
        });
    }

    private static void impatiently(Runnable wait) {
        assertThat(Deadline.after(ofSeconds(1)).tryRun(wait::run))
                .as("its wait was ended in time")
                .isTrue();
    }

    /// Lets two come to the lock of a channel, and then lets go of it.
    private static void bothAtOnce(Channel<Integer> channel, Runnable one, Runnable other) {
        Locked locked = (Locked) channel;
        var came = new AtomicInteger();
        try (var group = TaskGroup.open()) {
            locked.lock();
            for (Runnable party : List.of(one, other)) {
                group.start("party", () -> {
                    came.incrementAndGet();
                    party.run();
                });
            }
            while (came.get() < 2) {
                Sluice.yield();
            }
            locked.unlock();
            group.join();
        }
    }
}
