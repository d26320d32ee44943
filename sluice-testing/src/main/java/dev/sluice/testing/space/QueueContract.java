package dev.sluice.testing.space;

import static dev.sluice.testing.Actors.await;
import static dev.sluice.testing.Actors.everywhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.channel.Received;
import dev.sluice.codec.Cbor;
import dev.sluice.codec.Codec;
import dev.sluice.space.Lease;
import dev.sluice.space.Queue;
import dev.sluice.space.Space;
import dev.sluice.space.SpaceException.Problem;
import dev.sluice.task.CancelScope;
import dev.sluice.task.TaskGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What the queues of every space do. See [QueueChaosContract] for what is cancelled, and for random histories.
public abstract class QueueContract extends SpaceFixture {
    static final Codec<Integer> NUMBERS = Cbor.of(Integer.class);

    /// For the subclass that says which space.
    protected QueueContract() {}

    private static Queue<Integer> queue(Space space, Queue.Options options) {
        return space.queue(fresh(), NUMBERS, options);
    }

    private static Queue<Integer> queue(Space space) {
        return queue(space, Queue.Options.defaults().withCapacity(8));
    }

    /// What is there is taken and done.
    static int takeDone(Queue<Integer> queue) {
        try (Lease<Integer> lease = queue.take()) {
            assertThat(lease.done()).isTrue();
            return lease.item();
        }
    }

    /// A lease that is there.
    static Lease<Integer> leaseOf(Queue<Integer> queue) {
        return switch (queue.tryTake()) {
            case Received.Value<Lease<Integer>>(Lease<Integer> lease) -> lease;
            case Received<Lease<Integer>> other -> throw new AssertionError(other + ", expected an item");
        };
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @Test
    void itemsComeInTheirOrder() {
        Space space = open();
        everywhere(actors -> {
            Queue<Integer> queue = queue(space);
            List<Integer> taken = Collections.synchronizedList(new ArrayList<>());
            actors.start(() -> {
                numbers(200).forEach(queue::put);
                queue.finish();
            });
            actors.start(() -> {
                for (Lease<Integer> lease : queue) {
                    taken.add(lease.item());
                    lease.done();
                }
            });
            actors.join();
            assertThat(taken).isEqualTo(numbers(200));
        });
    }

    @Test
    void eachItemIsDoneOnce() {
        Space space = open();
        everywhere(actors -> {
            Queue<Integer> queue = queue(space);
            Set<Integer> done = ConcurrentHashMap.newKeySet();
            List<Integer> twice = Collections.synchronizedList(new ArrayList<>());
            List<CompletableFuture<Void>> putters = new ArrayList<>();
            for (int party = 0; party < 3; party++) {
                int first = party * 1000;
                putters.add(actors.start(() -> numbers(100).forEach(value -> queue.put(first + value))));
                actors.start(() -> {
                    for (Lease<Integer> lease : queue) {
                        if (!done.add(lease.item())) {
                            twice.add(lease.item());
                        }
                        lease.done();
                    }
                });
            }
            for (CompletableFuture<Void> putter : putters) {
                actors.join(putter);
            }
            queue.join();
            assertThat(done).hasSize(300);
            queue.finish();
            actors.join();
            assertThat(twice).isEmpty();
            assertThat(queue.statistics().totals()).isEqualTo(new Queue.Totals(300, 300, 0, 0));
        });
    }

    @Test
    void aTakerWaitsForAnItem() {
        Space space = open();
        everywhere(actors -> {
            Queue<Integer> queue = queue(space);
            var taken = new AtomicReference<Integer>();
            actors.start(() -> taken.set(takeDone(queue)));
            await("a taker waits", () -> queue.statistics().takers() == 1);
            assertThat(taken.get()).isNull();
            queue.put(7);
            actors.join();
            assertThat(taken.get()).isEqualTo(7);
            assertThat(queue.tryTake()).isEqualTo(new Received.Empty<>());
        });
    }

    @Test
    void aPutterWaitsUntilSomethingIsDone() {
        Space space = open();
        everywhere(actors -> {
            Queue<Integer> queue = queue(space, Queue.Options.defaults().withCapacity(2));
            queue.put(1);
            assertThat(queue.tryPut(2)).isTrue();
            assertThat(queue.tryPut(3)).isFalse();
            actors.start(() -> queue.put(3));
            await("a putter waits", () -> queue.statistics().putters() == 1);
            Lease<Integer> lease = leaseOf(queue);
            assertThat(queue.tryPut(4)).as("what is leased takes room").isFalse();
            assertThat(lease.done()).isTrue();
            actors.join();
            assertThat(takeDone(queue)).isEqualTo(2);
            assertThat(takeDone(queue)).isEqualTo(3);
        });
    }

    @Test
    void whatIsNotDoneComesAgain() {
        Queue<Integer> queue = queue(open());
        queue.put(1);
        try (Lease<Integer> lease = queue.take()) {
            assertThat(lease.item()).isEqualTo(1);
            assertThat(lease.delivery()).isEqualTo(1);
        }
        Lease<Integer> second = leaseOf(queue);
        assertThat(second.item()).isEqualTo(1);
        assertThat(second.delivery()).isEqualTo(2);
        second.giveBack();
        second.close();
        Lease<Integer> third = leaseOf(queue);
        assertThat(third.delivery()).isEqualTo(3);
        assertThat(third.extend()).isTrue();
        assertThat(third.done()).isTrue();
        assertThat(queue.tryTake()).isEqualTo(new Received.Empty<>());
        assertThat(queue.statistics().totals()).isEqualTo(new Queue.Totals(1, 1, 2, 0));
    }

    @Test
    void aLeaseEndsOnce() {
        Queue<Integer> queue = queue(open());
        queue.put(1);
        Lease<Integer> lease = leaseOf(queue);
        assertThat(lease.done()).isTrue();
        assertThatThrownBy(lease::done).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(lease::giveBack).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(lease::extend).isInstanceOf(IllegalStateException.class);
        lease.close();
        assertThat(queue.tryTake()).isEqualTo(new Received.Empty<>());
    }

    @Test
    void whatIsGivenBackForLaterComesLater() {
        Queue<Integer> queue = queue(open());
        queue.put(1);
        queue.put(2);
        leaseOf(queue).giveBack(Duration.ofHours(1));
        assertThat(queue.statistics().delayed()).isEqualTo(1);
        leaseOf(queue).giveBack(Duration.ofMillis(20));
        assertThat(queue.tryPut(3)).isTrue();
        assertThat(takeDone(queue)).isEqualTo(3);
        assertThat(takeDone(queue)).as("when its time has come").isEqualTo(2);
        assertThat(queue.tryTake()).isEqualTo(new Received.Empty<>());
        assertThat(queue.statistics().delayed()).isEqualTo(1);
    }

    @Test
    void whatIsNeverDoneGoesToTheDeadLetters() {
        Space space = open();
        Queue<Integer> queue = queue(space, Queue.Options.defaults().withDeliveries(2));
        queue.put(666);
        leaseOf(queue).close();
        leaseOf(queue).close();
        assertThat(queue.tryTake()).isEqualTo(new Received.Empty<>());
        assertThat(queue.statistics().totals()).isEqualTo(new Queue.Totals(1, 0, 2, 1));
        queue.join();
        Queue<Integer> dead = space.queue(queue.name() + ".dead", NUMBERS, Queue.Options.defaults());
        for (int i = 0; i < 10; i++) {
            leaseOf(dead).close();
        }
        assertThat(takeDone(queue.deadLetters())).isEqualTo(666);
        assertThat(dead.tryTake()).isEqualTo(new Received.Empty<>());
    }

    @Test
    void withoutALimitItComesForEver() {
        Queue<Integer> queue = queue(open(), Queue.Options.defaults().withDeliveries(0));
        queue.put(1);
        for (int delivery = 1; delivery <= 20; delivery++) {
            try (Lease<Integer> lease = queue.take()) {
                assertThat(lease.delivery()).isEqualTo(delivery);
            }
        }
    }

    @Test
    void lowerLevelsComeFirst() {
        Queue<Integer> queue = queue(open(), Queue.Options.defaults().withLevels(3));
        queue.put(1);
        queue.put(2, 1);
        queue.put(3, 0);
        queue.put(4, 1);
        assertThat(List.of(takeDone(queue), takeDone(queue), takeDone(queue), takeDone(queue)))
                .containsExactly(3, 2, 4, 1);
        assertThatThrownBy(() -> queue.put(1, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> queue.put(1, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void finishedItRefusesAndDrains() {
        Space space = open();
        everywhere(actors -> {
            Queue<Integer> queue = queue(space);
            queue.put(1);
            assertThat(queue.finish()).isTrue();
            assertThat(queue.finish()).isFalse();
            assertFails(Problem.FINISHED, () -> queue.put(2));
            assertFails(Problem.FINISHED, () -> queue.tryPut(2));
            Lease<Integer> lease = leaseOf(queue);
            var again = new AtomicReference<Integer>();
            actors.start(() -> {
                try (Lease<Integer> second = queue.take()) {
                    again.set(second.delivery());
                    second.done();
                }
            });
            await("a taker waits for what may return", () -> queue.statistics().takers() == 1);
            lease.giveBack();
            actors.join();
            assertThat(again.get()).isEqualTo(2);
            assertThat(queue.takeOrEnd()).isEqualTo(new Received.Done<>());
            assertThat(queue.tryTake()).isEqualTo(new Received.Done<>());
            assertThat(queue.iterator().hasNext()).isFalse();
            assertFails(Problem.FINISHED, queue::take);
        });
    }

    @Test
    void finishingEndsThoseWhoWait() {
        Space space = open();
        everywhere(actors -> {
            Queue<Integer> queue = queue(space, Queue.Options.defaults().withCapacity(1));
            actors.start(() -> assertThat(queue.takeOrEnd()).isEqualTo(new Received.Done<>()));
            await("a taker waits", () -> queue.statistics().takers() == 1);
            queue.finish();
            actors.join();
            Queue<Integer> full = queue(space, Queue.Options.defaults().withCapacity(1));
            full.put(1);
            actors.start(() -> assertFails(Problem.FINISHED, () -> full.put(2)));
            await("a putter waits", () -> full.statistics().putters() == 1);
            full.finish();
            actors.join();
        });
    }

    @Test
    void joiningWaitsUntilAllIsDone() {
        Space space = open();
        everywhere(actors -> {
            Queue<Integer> queue = queue(space);
            queue.join();
            queue.put(1);
            Lease<Integer> lease = leaseOf(queue);
            var joined = actors.start(queue::join);
            lease.giveBack();
            Lease<Integer> again = leaseOf(queue);
            assertThat(joined).isNotDone();
            again.done();
            actors.join();
        });
    }

    @Test
    void theLeaseOfATaskThatEndsReturns() {
        Space space = open();
        Queue<Integer> queue = queue(space);
        queue.put(1);
        Sluice.run(() -> {
            try (var group = TaskGroup.open()) {
                group.start("forgetful", () -> {
                    Lease<Integer> forgotten = queue.take();
                    assertThat(forgotten.delivery()).isEqualTo(1);
                });
                group.join();
            }
            assertThat(leaseOf(queue).delivery()).isEqualTo(2);
        });
    }

    @Test
    void anotherTaskMayEndALease() {
        Space space = open();
        Queue<Integer> queue = queue(space);
        queue.put(1);
        Sluice.run(() -> {
            Lease<Integer> lease = queue.take();
            try (var group = TaskGroup.open()) {
                group.start("helper", lease::done);
                group.join();
            }
        });
        assertThat(queue.statistics().totals()).isEqualTo(new Queue.Totals(1, 1, 0, 0));
    }

    @Test
    void closingASpaceReturnsItsLeasesAndEndsItsWaits() {
        Space stays = open();
        everywhere(actors -> {
            Space goes = open();
            Queue<Integer> queue = queue(stays);
            Queue<Integer> other = goes.queue(queue.name(), NUMBERS, Queue.Options.defaults());
            queue.put(1);
            Lease<Integer> lease = leaseOf(other);
            actors.start(() -> assertFails(Problem.CLOSED, other::take));
            await("a taker waits", () -> other.statistics().takers() == 1);
            goes.close();
            goes.close();
            actors.join();
            assertThat(lease.done()).as("lost").isFalse();
            lease.close();
            assertFails(Problem.CLOSED, () -> other.put(2));
            assertFails(Problem.CLOSED, other::tryTake);
            Lease<Integer> again = leaseOf(queue);
            assertThat(again.delivery()).isEqualTo(2);
            again.done();
            queue.put(3);
            assertThat(takeDone(queue)).as("others go on").isEqualTo(3);
        });
    }

    @Test
    void openingsShareAQueueByItsName() {
        Space one = open();
        Space two = open();
        Queue<Integer> queue = queue(one, Queue.Options.defaults().withCapacity(3));
        queue.put(1);
        Queue<Integer> same = two.queue(queue.name(), NUMBERS, Queue.Options.defaults());
        assertThat(same.options().capacity()).as("as it was made").isEqualTo(3);
        assertThat(takeDone(same)).isEqualTo(1);
        assertThat(same.name()).isEqualTo(queue.name());
        assertThat(two.list()).contains(new Space.Item(queue.name(), Space.Kind.QUEUE));
        assertFails(Problem.MISMATCH, () -> two.namespace(queue.name()));
        assertThat(two.remove(queue.name())).isTrue();
        assertThat(two.remove(queue.name())).isFalse();
        queue.put(2);
        Queue<Integer> another = two.queue(queue.name(), NUMBERS, Queue.Options.defaults());
        assertThat(another.tryTake()).isEqualTo(new Received.Empty<>());
        assertThat(takeDone(queue)).as("who has it goes on").isEqualTo(2);
    }

    @Test
    void aClosedSpaceListsAndRemovesNothing() {
        Space other = open();
        Queue<Integer> queue = queue(other, Queue.Options.defaults());
        Space space = open();
        assertThat(space.list()).isNotEmpty();
        space.close();
        assertFails(Problem.CLOSED, space::list);
        assertFails(Problem.CLOSED, () -> space.remove(queue.name()));
        assertThat(other.list()).contains(new Space.Item(queue.name(), Space.Kind.QUEUE));
    }

    @Test
    void itemsHaveALimit() {
        Queue<String> queue =
                open().queue(fresh(), Codec.utf8(), Queue.Options.defaults().withItemBytes(100));
        assertFails(Problem.TOO_LARGE, () -> queue.put("x".repeat(101)));
        queue.put("y".repeat(100));
        queue.put("");
        assertThat(List.of(queue.take().item(), queue.take().item())).containsExactly("y".repeat(100), "");
    }

    @Test
    void whatCannotBeDecodedStaysForOthers() {
        Space space = open();
        Queue<String> text = space.queue(fresh(), Codec.utf8(), Queue.Options.defaults());
        text.put("no number");
        Queue<Integer> number = space.queue(text.name(), NUMBERS, Queue.Options.defaults());
        assertThatThrownBy(number::take).isInstanceOf(dev.sluice.codec.CodecException.class);
        try (Lease<String> lease = text.take()) {
            assertThat(lease.item()).isEqualTo("no number");
            assertThat(lease.delivery()).isEqualTo(2);
        }
    }

    @Test
    void badNamesAreRefused() {
        Space space = open();
        for (String bad : List.of("", "a/b", "..", ".x", "-x", "ä", "x".repeat(65), "x y")) {
            assertThatThrownBy(() -> space.queue(bad, NUMBERS, Queue.Options.defaults()))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aCancelledWaitHasNotHappened() {
        Space space = open();
        everywhere(actors -> {
            Queue<Integer> queue = queue(space, Queue.Options.defaults().withCapacity(1));
            var scope = new AtomicReference<CancelScope>();
            actors.start(() -> assertThat(CancelScope.run(own -> {
                        scope.set(own);
                        queue.take();
                    }))
                    .isFalse());
            await("a taker waits", () -> queue.statistics().takers() == 1);
            scope.get().cancel("enough");
            actors.join();
            queue.put(1);
            actors.start(() -> assertThat(CancelScope.run(own -> {
                        scope.set(own);
                        queue.put(2);
                    }))
                    .isFalse());
            await("a putter waits", () -> queue.statistics().putters() == 1);
            scope.get().cancel("enough");
            actors.join();
            assertThat(takeDone(queue)).isEqualTo(1);
            assertThat(queue.tryTake()).isEqualTo(new Received.Empty<>());
        });
    }
}
