package dev.sluice.testing.space;

import static dev.sluice.testing.Actors.await;
import static dev.sluice.testing.Actors.everywhere;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channel.Broadcast.Lag;
import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelClosedException;
import dev.sluice.channel.Clause;
import dev.sluice.channel.Received;
import dev.sluice.channel.Select;
import dev.sluice.space.Lease;
import dev.sluice.space.Pipe;
import dev.sluice.space.Queue;
import dev.sluice.space.Space;
import dev.sluice.space.SpaceException.Problem;
import dev.sluice.space.Topic;
import dev.sluice.space.sync.SharedEvent;
import dev.sluice.task.CancelScope;
import dev.sluice.task.TaskGroup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What the clauses of shared objects do in a select, beside each other and beside those of channels and time.
public abstract class SelectContract extends SpaceFixture {
    private static final int ITEMS = 300;

    /// For the subclass that says which space.
    protected SelectContract() {}

    private static Queue<Integer> queue(Space space) {
        return space.queue(
                fresh(), QueueContract.NUMBERS, Queue.Options.defaults().withDeliveries(0));
    }

    private static int done(Lease<Integer> lease) {
        try (lease) {
            assertThat(lease.done()).isTrue();
            return lease.item();
        }
    }

    private static int doneOrEnd(Received<Lease<Integer>> received) {
        return received instanceof Received.Value<Lease<Integer>>(Lease<Integer> lease) ? done(lease) : -1;
    }

    /// One clause of each kind, each of which says its name.
    private record All(Queue<Integer> queue, Pipe<Integer> pipe, Topic<Integer> topic, SharedEvent event) {
        static All of(Space space) {
            return new All(
                    SelectContract.queue(space),
                    space.pipe(fresh(), Integer.class),
                    space.topic(fresh(), Integer.class),
                    space.event(fresh()));
        }

        Select<String> select(Topic.Subscription<Integer> own, Channel<Integer> channel) {
            return Select.<String>of(
                    queue.onTaken(item -> "queue " + doneOrEnd(item)),
                    pipe.onReceived(message -> "pipe " + message),
                    own.onReceived(message -> "topic " + message),
                    event.onSet(() -> "event"),
                    channel.onReceived(value -> "channel " + value));
        }
    }

    private static String value(int value) {
        return new Received.Value<>(value).toString();
    }

    @Test
    void whatComesIsChosen() {
        Space space = open();
        everywhere(actors -> {
            All all = All.of(space);
            try (Pipe<Integer> peer = open().pipe(all.pipe.name(), Integer.class);
                    Topic.Subscription<Integer> own = all.topic.subscribe(Lag.WAIT)) {
                Channel<Integer> channel = Channel.buffered(1);
                Select<String> select = all.select(own, channel);
                List<Runnable> causes = List.of(
                        () -> all.queue.put(1),
                        () -> peer.send(2),
                        () -> all.topic.publish(3),
                        () -> channel.send(4),
                        () -> all.event.set());
                List<String> expected =
                        List.of("queue 1", "pipe " + value(2), "topic " + value(3), "channel " + value(4), "event");
                for (int i = 0; i < causes.size(); i++) {
                    int number = i;
                    if (i % 2 == 0) { // it is there before, or comes while the select waits
                        causes.get(i).run();
                    }
                    CompletableFuture<Void> selects = actors.start(() -> {
                        assertThat(select.await()).isEqualTo(expected.get(number));
                    });
                    if (i % 2 == 1) {
                        causes.get(i).run();
                    }
                    actors.join(selects);
                }
                all.pipe.close();
            }
        });
    }

    @Test
    void eachItemIsTakenOnceByWhoeverIsQuicker() {
        Space space = open();
        everywhere(actors -> {
            Queue<Integer> queue = queue(space);
            Channel<Integer> channel = Channel.buffered(1);
            Set<Integer> taken = ConcurrentHashMap.newKeySet();
            List<Integer> twice = Collections.synchronizedList(new ArrayList<>());
            for (int party = 0; party < 2; party++) {
                Select<Integer> select = Select.of(
                        queue.onTaken(SelectContract::doneOrEnd),
                        channel.onReceived(
                                value -> value instanceof Received.Value<Integer>(Integer number) ? number : -2));
                actors.start(() -> {
                    for (int item = select.await(); item != -1; item = select.await()) {
                        if (item >= 0 && !taken.add(item)) {
                            twice.add(item);
                        }
                    }
                });
            }
            actors.start(() -> {
                for (Lease<Integer> lease : queue) {
                    if (!taken.add(done(lease))) {
                        twice.add(lease.item());
                    }
                }
            });
            actors.start(() -> {
                for (int i = 0; i < ITEMS; i++) {
                    queue.put(i);
                }
                queue.finish();
            });
            actors.start(() -> {
                for (int i = 0; i < 20; i++) {
                    channel.trySend(ITEMS + i);
                }
            });
            actors.join();
            assertThat(twice).isEmpty();
            assertThat(taken.stream().filter(item -> item < ITEMS)).hasSize(ITEMS);
            assertThat(queue.statistics().totals()).isEqualTo(new Queue.Totals(ITEMS, ITEMS, 0, 0));
        });
    }

    @Test
    void whatIsNotChosenStays() {
        Space space = open();
        everywhere(actors -> {
            Queue<Integer> queue = queue(space);
            Channel<Integer> channel = Channel.buffered(ITEMS);
            for (int i = 0; i < 40; i++) {
                queue.put(i);
                channel.send(i);
            }
            var counts = new int[2];
            actors.join(actors.start(() -> {
                Select<Integer> select =
                        Select.of(queue.onTaken(item -> 0 * doneOrEnd(item)), channel.onReceived(_ -> 1));
                for (int i = 0; i < 40; i++) {
                    counts[select.await()]++;
                }
            }));
            assertThat(counts[0]).isBetween(1, 39); // each by lot
            assertThat(queue.statistics().waiting()).isEqualTo(40 - counts[0]);
            assertThat(channel.statistics().buffered()).isEqualTo(40 - counts[1]);
            Select<Integer> biased = Select.<Integer>of(
                            queue.onTaken(item -> 0 * doneOrEnd(item)), channel.onReceived(_ -> 1))
                    .biased();
            actors.join(actors.start(() -> assertThat(biased.await()).isZero()));
        });
    }

    @Test
    void aCancelledSelectHasTakenNothing() {
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        Space space = open();
        everywhere(actors -> {
            Queue<Integer> queue = queue(space);
            Channel<Integer> never = Channel.rendezvous();
            RandomGenerator random = new SplittableRandom(seed);
            var taken = new AtomicInteger();
            for (int i = 0; i < 60; i++) {
                var inside = new AtomicReference<CancelScope>();
                CompletableFuture<Void> selects = actors.start(() -> {
                    boolean whole = CancelScope.run(scope -> {
                        inside.set(scope);
                        Select.<Void>of(
                                        queue.onTake(lease -> {
                                            done(lease);
                                            taken.incrementAndGet();
                                        }),
                                        never.onReceive(_ -> {}))
                                .await();
                    });
                    assertThat(whole || inside.get().reason().isPresent()).isTrue();
                });
                await("a scope", () -> inside.get() != null);
                boolean cancelsFirst = random.nextBoolean();
                if (cancelsFirst) {
                    inside.get().cancel("test");
                }
                queue.put(i);
                if (!cancelsFirst) {
                    inside.get().cancel("test");
                }
                actors.join(selects);
                assertThat(taken.get() + queue.statistics().waiting())
                        .as("seed %d, round %d: lost or taken twice", seed, i)
                        .isEqualTo(i + 1);
                assertThat(queue.statistics().takers()).isZero();
            }
        });
    }

    @Test
    @Tag("needs-opens")
    void cancelledAtAnySuspensionNothingIsLost() throws Exception {
        record Run(Space space, Queue<Integer> queue, List<Integer> done) {}
        int cancelled = cancelEverywhere(
                () -> {
                    Space space = another();
                    return new Run(space, queue(space), new ArrayList<>());
                },
                run -> TaskGroup.run(group -> {
                    Channel<Integer> ticks = Channel.rendezvous();
                    group.start("put", () -> {
                        for (int i = 0; i < 3; i++) {
                            run.queue.put(i);
                            ticks.send(i);
                        }
                    });
                    group.start("select", () -> {
                        Select<Void> select = Select.of(
                                run.queue.onTake(lease -> run.done.add(done(lease))), ticks.onReceive(_ -> {}));
                        for (int i = 0; i < 6; i++) {
                            select.await();
                        }
                    });
                }),
                run -> {
                    assertThat(run.queue.statistics().takers()).isZero();
                    assertThat(run.queue.statistics().leased()).isZero();
                    Queue.Totals totals = run.queue.statistics().totals();
                    assertThat(run.done).hasSize((int) totals.done()).isSorted();
                    assertThat(run.queue.statistics().waiting()).isEqualTo((int) (totals.put() - totals.done()));
                    run.space.close();
                });
        assertThat(cancelled).isGreaterThan(10);
    }

    @Test
    void timeEndsASelectInVain() {
        Space space = open();
        everywhere(actors -> {
            All all = All.of(space);
            actors.start(() -> {
                try (Topic.Subscription<Integer> own = all.topic.subscribe(Lag.WAIT)) {
                    Select<String> select = Select.<String>of(
                            all.queue.onTaken(_ -> "queue"),
                            own.onReceived(_ -> "topic"),
                            all.event.onSet(() -> "event"),
                            Clause.afterwards(ofMillis(5), () -> "late"));
                    assertThat(select.await()).isEqualTo("late");
                    assertThat(select.await()).isEqualTo("late");
                    assertThat(select.poll(() -> "nothing")).isEqualTo("nothing");
                    all.queue.put(1);
                    assertThat(select.poll(() -> "nothing")).isEqualTo("queue");
                    assertThat(all.queue.statistics().takers()).isZero();
                }
            });
            actors.join();
            all.pipe.close();
        });
    }

    @Test
    void theEndIsChosen() {
        Space space = open();
        everywhere(actors -> {
            All all = All.of(space);
            try (Pipe<Integer> peer = open().pipe(all.pipe.name(), Integer.class);
                    Topic.Subscription<Integer> own = all.topic.subscribe(Lag.WAIT)) {
                Channel<Integer> channel = Channel.rendezvous();
                actors.start(() -> assertThat(
                                Select.<Object>of(channel.onReceived(value -> value), all.queue.onTaken(item -> item))
                                        .await())
                        .isInstanceOf(Received.Done.class));
                actors.start(() -> assertFails(
                        Problem.FINISHED,
                        () -> Select.of(all.pipe.onReceive(_ -> {}), Clause.after(ofSeconds(60), () -> {}))
                                .await()));
                actors.start(() -> assertFails(
                        Problem.FINISHED,
                        () -> Select.of(own.onReceive(_ -> {})).await()));
                all.queue.finish();
                peer.finish();
                all.topic.finish();
                actors.join();
                channel.close();
                assertThatThrownBy(() -> Select.of(channel.onReceive(_ -> {}), all.event.<Void>onSet(() -> {
                                    throw new AssertionError("not set");
                                }))
                                .await())
                        .isInstanceOf(ChannelClosedException.class);
                all.pipe.close();
            }
        });
    }

    @Test
    void closingASpaceEndsItsSelects() {
        everywhere(actors -> {
            Space goes = open();
            All all = All.of(goes);
            Topic.Subscription<Integer> own = all.topic.subscribe(Lag.WAIT);
            actors.start(() -> assertFails(
                    Problem.CLOSED, () -> Select.of(all.queue.onTake(_ -> {})).await()));
            actors.start(() -> assertFails(
                    Problem.CLOSED, () -> Select.of(all.event.onSet(() -> 1)).await()));
            actors.start(() -> assertFails(
                    Problem.CLOSED, () -> Select.of(all.pipe.onReceive(_ -> {})).await()));
            goes.close();
            actors.join();
            own.close();
        });
    }

    @Test
    void closingAnEndEndsItsSelects() {
        Space space = open();
        everywhere(actors -> {
            All all = All.of(space);
            Topic.Subscription<Integer> own = all.topic.subscribe(Lag.WAIT);
            Select<Void> ofPipe = Select.of(all.pipe.onReceive(_ -> {}));
            Select<Void> ofTopic = Select.of(own.onReceive(_ -> {}));
            actors.start(() -> assertFails(Problem.CLOSED, ofPipe::await));
            actors.start(() -> assertFails(Problem.FINISHED, ofTopic::await));
            all.pipe.close();
            own.close();
            actors.join();
            actors.start(() -> assertFails(Problem.CLOSED, ofPipe::await));
            actors.start(() -> assertFails(Problem.FINISHED, ofTopic::await));
            actors.join();
        });
    }

    @Test
    void aStopEventEndsWorkersThatSelect() {
        Space space = open();
        everywhere(actors -> {
            Queue<Integer> queue = queue(space);
            SharedEvent stop = space.event(fresh());
            var worked = new AtomicInteger();
            for (int party = 0; party < 3; party++) {
                Space own = open();
                actors.start(() -> {
                    Select<Boolean> next = Select.of(
                            own.event(stop.name()).onSet(() -> false),
                            own.queue(queue.name(), QueueContract.NUMBERS, queue.options())
                                    .onTaken(item -> doneOrEnd(item) >= 0));
                    while (next.await()) {
                        worked.incrementAndGet();
                    }
                });
            }
            for (int i = 0; i < 30; i++) {
                queue.put(i);
            }
            queue.join();
            stop.set();
            actors.join();
            assertThat(worked).hasValue(30);
        });
    }
}
