package dev.sluice.history;

import dev.sluice.Sluice;
import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelClosedException;
import dev.sluice.channel.Clause;
import dev.sluice.channel.Received;
import dev.sluice.channel.Select;
import dev.sluice.history.Contents.Kind;
import dev.sluice.history.History.Call;
import dev.sluice.history.History.Effect;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;

/// Random programs that select over three channels of different kinds, in virtual time: each select does
/// exactly the one thing that it says, or nothing when it is cancelled.
@Tag("needs-opens")
class SelectHistoryTest {
    private static final int TASKS = 4;
    private static final int STEPS = 8;

    private final List<Channel<Integer>> channels = List.of(
            Channel.<Integer>rendezvous().named("0"),
            Channel.<Integer>buffered(2).named("1"),
            Channel.<Integer>priority(1, value -> value).named("2"));
    private final List<Contents> start = List.of(
            Contents.empty(Kind.RENDEZVOUS, 0), Contents.empty(Kind.QUEUE, 2), Contents.empty(Kind.PRIORITY, 1));

    @Simulated(seeds = 200)
    void eachSelectDoesOneThing(Simulation simulation) {
        new Program(simulation.random(), channels).run(start);
    }

    /// One random program.
    ///
    /// Threads: coroutines of one loop.
    private static final class Program {
        private final RandomGenerator random;
        private final List<Channel<Integer>> channels;
        private final History<List<Contents>> history = new History<>();
        private int values;

        Program(RandomGenerator random, List<Channel<Integer>> channels) {
            this.random = random;
            this.channels = channels;
        }

        void run(List<Contents> start) {
            try (var group = TaskGroup.open()) {
                for (int i = 0; i < TASKS; i++) {
                    String name = "task-" + i;
                    group.start(name, () -> {
                        for (int step = 0; step < STEPS; step++) {
                            select(name);
                        }
                    });
                }
                for (int at = 0; at < channels.size(); at++) {
                    Sluice.sleep(Duration.ofNanos(random.nextInt(300)));
                    close(at);
                }
                group.join();
            }
            history.check(start);
        }

        /// What a select has done.
        private record Done(String what, Effect<List<Contents>> effect) {}

        private void select(String who) {
            var call = history.begin(who, "select");
            var done = new Done[1];
            List<Clause<Void>> clauses = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                int at = random.nextInt(channels.size());
                clauses.add(random.nextBoolean() ? receive(call, at, done) : send(call, at, done));
            }
            if (random.nextInt(4) == 0) {
                clauses.add(Clause.after(
                        Duration.ofNanos(random.nextInt(2) * 30L), () -> done[0] = new Done("late", before -> before)));
            }
            var select = Select.of(clauses);
            try {
                if (random.nextInt(4) == 0) {
                    select.poll(() -> null);
                } else if (random.nextBoolean()) {
                    select.await();
                } else {
                    Deadline.after(Duration.ofNanos(random.nextInt(60))).tryRun(select::await);
                }
            } catch (ChannelClosedException closed) {
                int at = Integer.parseInt(closed.getMessage().replaceAll("\\D", ""));
                done[0] = new Done("send refused by " + at, on(at, Contents::refused));
            }
            if (done[0] == null) {
                history.cancelled(call);
            } else {
                history.end(call, done[0].what, done[0].effect);
            }
            if (random.nextInt(4) == 0) {
                Sluice.sleep(Duration.ofNanos(random.nextInt(20)));
            }
        }

        private Clause<Void> receive(Call<List<Contents>> call, int at, Done[] done) {
            return channels.get(at).onReceived(received -> {
                done[0] = received instanceof Received.Value<Integer>(Integer value)
                        ? new Done("got " + value + " from " + at, on(at, one -> one.got(value, call.begun())))
                        : new Done("end of " + at, on(at, Contents::over));
                return null;
            });
        }

        private Clause<Void> send(Call<List<Contents>> call, int at, Done[] done) {
            int value = values++;
            return channels.get(at)
                    .onSend(
                            () -> value,
                            () -> done[0] = new Done(
                                    "sent " + value + " to " + at, on(at, one -> one.sent(value, null, call.ended()))));
        }

        private void close(int at) {
            var call = history.begin("main", "close " + at);
            boolean first = channels.get(at).close();
            history.end(call, first, on(at, one -> one.close(first)));
        }

        private static Effect<List<Contents>> on(int at, Function<Contents, @Nullable Contents> effect) {
            return before -> {
                Contents after = effect.apply(before.get(at));
                if (after == null) {
                    return null;
                }
                List<Contents> all = new ArrayList<>(before);
                all.set(at, after);
                return Collections.unmodifiableList(all);
            };
        }
    }
}
