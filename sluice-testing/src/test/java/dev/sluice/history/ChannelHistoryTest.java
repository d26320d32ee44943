package dev.sluice.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelClosedException;
import dev.sluice.channel.ChannelStatistics;
import dev.sluice.channel.Offer;
import dev.sluice.channel.Received;
import dev.sluice.channel.SplitChannel;
import dev.sluice.history.Contents.Kind;
import dev.sluice.history.History.Call;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;

/// Random programs at one channel of each kind, in virtual time: what they see is what a queue would show that
/// does one thing at a time, whatever is cancelled when; and whenever all are blocked nobody waits for what is
/// there.
@Tag("needs-opens")
class ChannelHistoryTest {
    private static final int TASKS = 4;
    private static final int STEPS = 9;

    @Simulated(seeds = 200)
    void rendezvous(Simulation simulation) {
        new Program(simulation, Channel.rendezvous(), Contents.empty(Kind.RENDEZVOUS, 0)).run();
    }

    @Simulated(seeds = 200)
    void buffered(Simulation simulation) {
        int capacity = 1 + simulation.random().nextInt(3);
        new Program(simulation, Channel.buffered(capacity), Contents.empty(Kind.QUEUE, capacity)).run();
    }

    @Simulated(seeds = 200)
    void split(Simulation simulation) {
        int capacity = 1 + simulation.random().nextInt(3);
        new Program(simulation, SplitChannel.buffered(capacity), Contents.empty(Kind.QUEUE, capacity)).run();
    }

    @Simulated(seeds = 200)
    void unlimited(Simulation simulation) {
        new Program(simulation, Channel.unlimited(), Contents.empty(Kind.QUEUE, Integer.MAX_VALUE)).run();
    }

    @Simulated(seeds = 200)
    void priority(Simulation simulation) {
        int capacity = 1 + simulation.random().nextInt(3);
        new Program(simulation, Channel.priority(capacity, value -> value), Contents.empty(Kind.PRIORITY, capacity))
                .run();
    }

    @Simulated(seeds = 200)
    void delayedByNothing(Simulation simulation) {
        int capacity = 1 + simulation.random().nextInt(3);
        Channel<Integer> channel = Channel.delayed(capacity, value -> Duration.ZERO);
        new Program(simulation, channel, Contents.empty(Kind.QUEUE, capacity)).run();
    }

    @Simulated(seeds = 200)
    void latest(Simulation simulation) {
        List<Integer> gaveUp = new ArrayList<>();
        new Program(simulation, Channel.latest(gaveUp::add), Contents.empty(Kind.LATEST, 1), gaveUp).run();
    }

    /// One random program.
    ///
    /// Threads: coroutines of one loop.
    private static final class Program {
        private final RandomGenerator random;
        private final Channel<Integer> channel;
        private final Contents start;
        private final List<Integer> gaveUp; // since the last look
        private final History<Contents> history = new History<>();
        private int values;
        private int running = TASKS;

        Program(Simulation simulation, Channel<Integer> channel, Contents start) {
            this(simulation, channel, start, new ArrayList<>());
        }

        Program(Simulation simulation, Channel<Integer> channel, Contents start, List<Integer> gaveUp) {
            this.random = simulation.random();
            this.channel = channel;
            this.start = start;
            this.gaveUp = gaveUp;
        }

        void run() {
            try (var group = TaskGroup.open()) {
                for (int i = 0; i < TASKS; i++) {
                    String name = "task-" + i;
                    group.start(name, () -> {
                        for (int step = 0; step < STEPS; step++) {
                            step(name);
                        }
                        running--;
                    });
                }
                for (int look = 0; look < 12 && running > 0; look++) {
                    Simulation.awaitAllBlocked();
                    assertNobodyWaitsInVain();
                    Sluice.sleep(Duration.ofNanos(random.nextInt(40)));
                }
                end("main");
                group.join();
            }
            history.check(start);
        }

        private void assertNobodyWaitsInVain() {
            ChannelStatistics now = channel.statistics();
            if (now.waitingReceivers() > 0) {
                assertThat(now.buffered()).as("values while receivers wait").isZero();
                assertThat(now.waitingSenders())
                        .as("senders while receivers wait")
                        .isZero();
            }
            if (now.waitingSenders() > 0) {
                assertThat(now.buffered()).as("values while senders wait").isEqualTo(now.capacity());
            }
        }

        private void step(String who) {
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> send(who);
                case 3, 4, 5 -> receive(who);
                case 6 -> trySend(who);
                case 7 -> tryReceive(who);
                case 8 -> Sluice.sleep(Duration.ofNanos(random.nextInt(20)));
                default -> Sluice.yield();
            }
        }

        /// Half of the waits end by themselves.
        private boolean patiently(Runnable action) {
            if (random.nextBoolean()) {
                action.run();
                return true;
            }
            return Deadline.after(Duration.ofNanos(random.nextInt(60))).tryRun(action::run);
        }

        private void send(String who) {
            int value = values++;
            var call = history.begin(who, "send " + value);
            var offer = new Offer[1];
            patiently(() -> {
                try {
                    channel.send(value);
                    offer[0] = Offer.SENT;
                } catch (ChannelClosedException closed) {
                    offer[0] = Offer.CLOSED;
                }
            });
            sent(call, value, offer[0]);
        }

        private void trySend(String who) {
            int value = values++;
            var call = history.begin(who, "trySend " + value);
            sent(call, value, channel.trySend(value));
        }

        private void sent(Call<Contents> call, int value, @Nullable Offer offer) {
            Integer given = gaveUp.isEmpty() ? null : gaveUp.removeFirst();
            switch (offer) {
                case SENT -> history.end(call, "sent, for " + given, state -> state.sent(value, given, call.ended()));
                case FULL -> history.end(call, offer, Contents::full);
                case CLOSED -> history.end(call, offer, Contents::refused);
                case null -> history.cancelled(call);
            }
        }

        @SuppressWarnings({"unchecked", "rawtypes"}) // an array of generics, for one value
        private void receive(String who) {
            var call = history.begin(who, "receive");
            Received<Integer>[] received = new Received[1];
            patiently(() -> received[0] = channel.receiveOrEnd());
            received(call, received[0]);
        }

        private void tryReceive(String who) {
            var call = history.begin(who, "tryReceive");
            received(call, channel.tryReceive());
        }

        private void received(Call<Contents> call, @Nullable Received<Integer> received) {
            switch (received) {
                case Received.Value<Integer>(Integer value) ->
                    history.end(call, value, state -> state.got(value, call.begun()));
                case Received.Empty<Integer> empty -> history.end(call, empty, Contents::nothing);
                case Received.Done<Integer> done -> history.end(call, done, Contents::over);
                case Received.Failed<Integer> failed -> history.end(call, failed, state -> null);
                case null -> history.cancelled(call);
            }
        }

        /// Lets all go who still wait.
        private void end(String who) {
            if (random.nextBoolean()) {
                var call = history.begin(who, "close");
                boolean first = channel.close();
                history.end(call, first, state -> state.close(first));
            } else {
                var call = history.begin(who, "cancel");
                List<Integer> dropped = new ArrayList<>();
                boolean first = channel.cancel(dropped::add);
                history.end(call, first + " with " + dropped, state -> state.cancel(first, dropped));
            }
        }
    }
}
