package dev.sluice.testing.space;

import static dev.sluice.testing.Actors.everywhere;
import static dev.sluice.testing.space.QueueContract.NUMBERS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.Received;
import dev.sluice.space.Lease;
import dev.sluice.space.Queue;
import dev.sluice.space.Space;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What the queues of every space keep, whatever is cancelled when, and in whatever order things happen.
public abstract class QueueChaosContract extends SpaceFixture {
    private static final int HISTORIES = 200;

    /// For the subclass that says which space.
    protected QueueChaosContract() {}

    @Test
    void nothingIsLostOrDoneTwiceWhateverIsCancelled() {
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        Space space = open();
        everywhere(actors -> {
            Queue<Integer> queue = space.queue(
                    fresh(), NUMBERS, Queue.Options.defaults().withCapacity(4).withDeliveries(0));
            Set<Integer> put = ConcurrentHashMap.newKeySet();
            Set<Integer> done = ConcurrentHashMap.newKeySet();
            var putters = new ArrayList<CompletableFuture<Void>>();
            for (int party = 0; party < 3; party++) {
                int first = party * 1000;
                RandomGenerator random = new SplittableRandom(seed + party);
                RandomGenerator other = new SplittableRandom(~seed + party);
                putters.add(actors.start(() -> {
                    for (int i = 0; i < 100; i++) {
                        int value = first + i;
                        if (impatiently(random, () -> queue.put(value))) {
                            put.add(value);
                        }
                    }
                }));
                actors.start(() -> {
                    boolean more = true;
                    while (more) {
                        more = takeOne(queue, other, done);
                    }
                });
            }
            for (var putter : putters) {
                actors.join(putter);
            }
            queue.finish();
            actors.join();
            assertThat(done).as("seed %d", seed).isEqualTo(put);
        });
    }

    private static boolean takeOne(Queue<Integer> queue, RandomGenerator random, Set<Integer> done) {
        List<Received<Lease<Integer>>> taken = new ArrayList<>(1);
        impatiently(random, () -> taken.add(queue.takeOrEnd()));
        if (taken.isEmpty()) {
            return true;
        }
        if (!(taken.getFirst() instanceof Received.Value<Lease<Integer>>(Lease<Integer> lease))) {
            return false;
        }
        try (lease) {
            if (random.nextInt(4) > 0) {
                assertThat(done.add(lease.item()))
                        .as("%s done twice", lease.item())
                        .isTrue();
                lease.done();
            }
        }
        return true;
    }

    private static boolean impatiently(RandomGenerator random, Runnable action) {
        int micros = random.nextInt(100);
        return Deadline.after(Duration.ofNanos(micros * 1000L)).tryRun(action::run);
    }

    /// One space for each run: a queue with room for one, and what has been done.
    private record Run(Space space, Queue<Integer> queue, List<Integer> done) {}

    @Test
    @Tag("needs-opens")
    void cancelledAtAnySuspensionNothingIsLost() throws Exception {
        int cancelled = cancelEverywhere(
                () -> {
                    Space space = another();
                    Queue.Options options =
                            Queue.Options.defaults().withCapacity(1).withDeliveries(0);
                    return new Run(space, space.queue("q", NUMBERS, options), new ArrayList<>());
                },
                run -> {
                    try (var group = TaskGroup.open()) {
                        group.start("put", () -> {
                            for (int i = 0; i < 3; i++) {
                                run.queue.put(i);
                            }
                        });
                        group.start("take", () -> {
                            for (int i = 0; i < 3; i++) {
                                try (Lease<Integer> lease = run.queue.take()) {
                                    run.done.add(lease.item());
                                    lease.done();
                                }
                            }
                        });
                        group.join();
                    }
                },
                run -> {
                    Queue.Statistics now = run.queue.statistics();
                    assertThat(now.takers() + now.putters() + now.leased()).isZero();
                    run.queue.finish();
                    for (Lease<Integer> lease : run.queue) {
                        run.done.add(lease.item());
                        lease.done();
                    }
                    assertThat(run.done)
                            .hasSize((int) now.totals().put())
                            .isSorted()
                            .doesNotHaveDuplicates();
                    run.space.close();
                });
        assertThat(cancelled).isGreaterThan(10);
    }

    /// What a queue must do, said in the simplest way.
    private static final class Model {
        final List<Deque<Integer>> fresh = new ArrayList<>();
        final Set<Integer> returned = new TreeSet<>();
        final Map<Integer, Integer> deliveries = new HashMap<>();
        final Map<Integer, Integer> levels = new HashMap<>();
        final Set<Integer> dead = new TreeSet<>();
        int leased;
        boolean finished;

        Model(int count) {
            for (int i = 0; i < count; i++) {
                fresh.add(new ArrayDeque<>());
            }
        }

        int waiting() {
            return returned.size() + fresh.stream().mapToInt(Deque::size).sum();
        }

        /// What may come next: the first of the lowest level that has any, or what returned.
        Set<Integer> next() {
            Set<Integer> may = new TreeSet<>();
            for (int level = 0; level < fresh.size() && may.isEmpty(); level++) {
                int now = level;
                returned.stream()
                        .filter(item -> levels.getOrDefault(item, -1) == now)
                        .forEach(may::add);
                if (!fresh.get(level).isEmpty()) {
                    may.add(fresh.get(level).getFirst());
                }
            }
            return may;
        }

        int delivered(int item) {
            if (!returned.remove(item)) {
                fresh.get(levels.getOrDefault(item, -1)).removeFirst();
            }
            leased++;
            return deliveries.merge(item, 1, Integer::sum);
        }
    }

    @Test
    void randomHistoriesAreThoseOfAModel() {
        long first = Long.getLong("sluice.seed", -1);
        Space space = open();
        for (long seed = first < 0 ? 0 : first; seed < (first < 0 ? HISTORIES : first + 1); seed++) {
            try {
                history(space, new SplittableRandom(seed));
            } catch (AssertionError failure) {
                throw new AssertionError("with -Dsluice.seed=" + seed + ": " + failure.getMessage(), failure);
            }
        }
    }

    private static void history(Space space, RandomGenerator random) {
        int capacity = random.nextInt(1, 6);
        int limit = random.nextInt(0, 4);
        int levels = random.nextInt(1, 4);
        Queue<Integer> queue = space.queue(fresh(), NUMBERS, new Queue.Options(capacity, 100, levels, limit));
        Model model = new Model(levels);
        List<Lease<Integer>> held = new ArrayList<>();
        for (int step = 0; step < 60; step++) {
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> put(queue, model, step, random.nextInt(levels));
                case 3, 4, 5 -> take(queue, model, held);
                case 6, 7, 8 -> end(model, held, random, queue.options());
                case 9 -> {
                    if (random.nextInt(20) == 0) {
                        assertThat(queue.finish()).isEqualTo(!model.finished);
                        model.finished = true;
                    }
                }
                default -> throw new AssertionError();
            }
            Queue.Statistics now = queue.statistics();
            assertThat(List.of(now.waiting(), now.leased())).containsExactly(model.waiting(), model.leased);
            assertThat(now.totals().dead()).isEqualTo(model.dead.size());
        }
        Set<Integer> dead = new TreeSet<>();
        if (limit > 0) {
            Queue<Integer> letters = queue.deadLetters();
            for (int i = 0; i < model.dead.size(); i++) {
                dead.add(QueueContract.takeDone(letters));
            }
        }
        assertThat(dead).isEqualTo(model.dead);
        held.forEach(Lease::close);
    }

    private static void put(Queue<Integer> queue, Model model, int item, int level) {
        if (model.finished) {
            assertFails(dev.sluice.space.SpaceException.Problem.FINISHED, () -> queue.tryPut(item, level));
            return;
        }
        boolean room = model.waiting() + model.leased < queue.options().capacity();
        assertThat(queue.tryPut(item, level)).isEqualTo(room);
        if (room) {
            model.levels.put(item, level);
            model.fresh.get(level).addLast(item);
        }
    }

    private static void take(Queue<Integer> queue, Model model, List<Lease<Integer>> held) {
        Set<Integer> may = model.next();
        switch (queue.tryTake()) {
            case Received.Value<Lease<Integer>>(Lease<Integer> lease) -> {
                assertThat(lease.item()).isIn(may);
                assertThat(lease.delivery()).isEqualTo(model.delivered(lease.item()));
                held.add(lease);
            }
            case Received.Empty<Lease<Integer>>() ->
                assertThat(may.isEmpty() && !(model.finished && model.leased == 0))
                        .isTrue();
            case Received.Done<Lease<Integer>>() ->
                assertThat(may.isEmpty() && model.finished && model.leased == 0).isTrue();
            case Received.Failed<Lease<Integer>>(Throwable cause) -> throw new AssertionError(cause);
        }
    }

    private static void end(Model model, List<Lease<Integer>> held, RandomGenerator random, Queue.Options options) {
        if (held.isEmpty()) {
            return;
        }
        Lease<Integer> lease = held.remove(random.nextInt(held.size()));
        model.leased--;
        if (random.nextBoolean()) {
            assertThat(lease.done()).isTrue();
            return;
        }
        lease.giveBack();
        boolean hopeless = options.deliveries() > 0 && lease.delivery() >= options.deliveries();
        boolean room = model.dead.size() < options.capacity(); // the dead letters have the same
        (hopeless && room ? model.dead : model.returned).add(lease.item());
    }
}
