package dev.sluice.testing.space;

import static dev.sluice.testing.Actors.await;
import static dev.sluice.testing.Actors.everywhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.sluice.channel.Broadcast.Lag;
import dev.sluice.channel.Received;
import dev.sluice.codec.Codec;
import dev.sluice.space.Space;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import dev.sluice.space.Topic;
import dev.sluice.task.CancelScope;
import dev.sluice.task.TaskGroup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What the topics of every space do.
public abstract class TopicContract extends SpaceFixture {
    private static final Topic.Options FOUR = Topic.Options.defaults().withCapacity(4);

    /// For the subclass that says which space.
    protected TopicContract() {}

    private static Topic<Integer> topic(Space space) {
        return space.topic(fresh(), QueueContract.NUMBERS, FOUR);
    }

    private static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    private static List<Integer> rest(Topic.Subscription<Integer> subscription) {
        List<Integer> values = new ArrayList<>();
        while (subscription.tryReceive() instanceof Received.Value<Integer>(Integer value)) {
            values.add(value);
        }
        return values;
    }

    @Test
    void everySubscriberGetsEachMessageInOneOrder() {
        Space space = open();
        everywhere(actors -> {
            Topic<Integer> topic = topic(space);
            List<List<Integer>> received = Collections.synchronizedList(new ArrayList<>());
            for (int party = 0; party < 3; party++) {
                Topic.Subscription<Integer> own = topic.subscribe(Lag.WAIT);
                actors.start(() -> {
                    List<Integer> values = new ArrayList<>();
                    own.forEach(values::add);
                    received.add(values);
                });
            }
            var publishers = new ArrayList<java.util.concurrent.CompletableFuture<Void>>();
            for (int party = 0; party < 2; party++) {
                int first = party * 1000;
                publishers.add(actors.start(() -> numbers(first, first + 100).forEach(topic::publish)));
            }
            for (var publisher : publishers) {
                actors.join(publisher);
            }
            topic.finish();
            actors.join();
            assertThat(received).hasSize(3);
            assertThat(received.getFirst()).hasSize(200).doesNotHaveDuplicates();
            assertThat(received).allMatch(received.getFirst()::equals);
        });
    }

    @Test
    void aSubscriptionGetsWhatComesAfterItsBeginning() {
        Space one = open();
        Space two = open();
        Topic<Integer> topic = topic(one);
        topic.publish(1);
        Topic<Integer> same = two.topic(topic.name(), QueueContract.NUMBERS, Topic.Options.defaults());
        assertThat(same.options().capacity()).isEqualTo(4);
        Topic.Subscription<Integer> subscription = same.subscribe(Lag.WAIT);
        topic.publish(2);
        assertThat(subscription.receive()).isEqualTo(2);
        assertThat(subscription.tryReceive()).isEqualTo(new Received.Empty<>());
    }

    @Test
    void aPublisherWaitsForWhoAskedForIt() {
        Space space = open();
        everywhere(actors -> {
            Topic<Integer> topic = topic(space);
            Topic.Subscription<Integer> slow = topic.subscribe(Lag.WAIT);
            numbers(0, 4).forEach(topic::publish);
            assertThat(topic.tryPublish(4)).isFalse();
            var publisher = actors.start(() -> topic.publish(4));
            assertThat(publisher).isNotDone();
            assertThat(slow.receive()).isZero();
            actors.join();
            assertThat(rest(slow)).isEqualTo(numbers(1, 5));
            numbers(0, 4).forEach(topic::publish);
            actors.start(() -> topic.publish(4));
            slow.close();
            actors.join();
        });
    }

    @Test
    void whoDropsLosesTheOldest() {
        Topic<Integer> topic = topic(open());
        Topic.Subscription<Integer> slow = topic.subscribe(Lag.DROP_OLDEST);
        numbers(0, 10).forEach(topic::publish);
        assertThat(rest(slow)).isEqualTo(numbers(6, 10));
        assertThat(slow.dropped()).isEqualTo(6);
    }

    @Test
    void whoFailsEnds() {
        Topic<Integer> topic = topic(open());
        Topic.Subscription<Integer> slow = topic.subscribe(Lag.FAIL);
        numbers(0, 4).forEach(topic::publish);
        topic.publish(4);
        assertThat(slow.receiveOrEnd())
                .isInstanceOfSatisfying(
                        Received.Failed.class,
                        failed -> assertThat(failed.cause())
                                .isInstanceOfSatisfying(
                                        SpaceException.class,
                                        lagged -> assertThat(lagged.problem()).isEqualTo(Problem.LAGGED)));
        assertFails(Problem.LAGGED, slow::receive);
        topic.publish(5);
    }

    @Test
    void finishedItDrains() {
        Space space = open();
        everywhere(actors -> {
            Topic<Integer> topic = topic(space);
            Topic.Subscription<Integer> subscription = topic.subscribe(Lag.WAIT);
            topic.publish(1);
            assertThat(topic.finish()).isTrue();
            assertThat(topic.finish()).isFalse();
            assertFails(Problem.FINISHED, () -> topic.publish(2));
            assertFails(Problem.FINISHED, () -> topic.tryPublish(2));
            assertThat(subscription.receive()).isEqualTo(1);
            assertThat(subscription.receiveOrEnd()).isEqualTo(new Received.Done<>());
            assertFails(Problem.FINISHED, subscription::receive);

            Topic<Integer> other = topic(space);
            Topic.Subscription<Integer> waits = other.subscribe(Lag.WAIT);
            actors.start(() -> assertThat(waits.iterator().hasNext()).isFalse());
            other.finish();
            actors.join();
        });
    }

    @Test
    void aClosedSubscriptionEnds() {
        Space space = open();
        everywhere(actors -> {
            Topic.Subscription<Integer> own = topic(space).subscribe(Lag.WAIT);
            actors.start(() -> assertFails(Problem.FINISHED, own::receive));
            own.close();
            own.close();
            actors.join();
            assertThat(own.tryReceive()).isEqualTo(new Received.Done<>());
        });
    }

    @Test
    void aClosedSpaceHoldsNobodyUp() {
        Space stays = open();
        everywhere(actors -> {
            Space goes = open();
            Topic<Integer> topic = topic(stays);
            Topic.Subscription<Integer> slow =
                    goes.topic(topic.name(), QueueContract.NUMBERS, FOUR).subscribe(Lag.WAIT);
            numbers(0, 4).forEach(topic::publish);
            var publisher = actors.start(() -> topic.publish(4));
            assertThat(publisher).isNotDone();
            goes.close();
            actors.join();
            assertFails(Problem.CLOSED, slow::receive);
        });
    }

    @Test
    void messagesHaveALimit() {
        Topic<String> topic = open().topic(fresh(), Codec.utf8(), FOUR.withItemBytes(10));
        assertFails(Problem.TOO_LARGE, () -> topic.publish("x".repeat(11)));
        topic.publish("x".repeat(10));
    }

    @Test
    void aCancelledWaitHasNotHappened() {
        Space space = open();
        everywhere(actors -> {
            Topic<Integer> topic = topic(space);
            Topic.Subscription<Integer> own = topic.subscribe(Lag.WAIT);
            var scope = new AtomicReference<CancelScope>();
            actors.start(() -> assertThat(CancelScope.run(inner -> {
                        scope.set(inner);
                        own.receive();
                    }))
                    .isFalse());
            await("it is about to wait", () -> scope.get() != null);
            scope.get().cancel("enough");
            var second = new AtomicReference<CancelScope>();
            actors.join();
            numbers(0, 4).forEach(topic::publish);
            actors.start(() -> assertThat(CancelScope.run(inner -> {
                        second.set(inner);
                        topic.publish(99);
                    }))
                    .isFalse());
            await("it is about to wait", () -> second.get() != null);
            second.get().cancel("enough");
            actors.join();
            assertThat(rest(own)).isEqualTo(numbers(0, 4));
        });
    }

    /// One space for each run, and what two subscribers got.
    @Test
    @SuppressWarnings("NullAway")
    void aSubscriptionThatIsRefusedHoldsUpNobody() {
        Topic<Integer> topic = open().topic(fresh(), QueueContract.NUMBERS, FOUR);
        assertThatNullPointerException().isThrownBy(() -> topic.subscribe(null));
        Topic.Subscription<Integer> one = topic.subscribe(Lag.FAIL);
        topic.publish(1);
        assertThat(one.receive()).isEqualTo(1);
    }

    private record Run(
            Space space,
            Topic<Integer> topic,
            Topic.Subscription<Integer> one,
            Topic.Subscription<Integer> two,
            List<Integer> received) {}

    @Test
    @Tag("needs-opens")
    void cancelledAtAnySuspensionAllGetTheSame() throws Exception {
        int cancelled = cancelEverywhere(
                () -> {
                    Space space = another();
                    Topic<Integer> topic = space.topic("t", QueueContract.NUMBERS, FOUR.withCapacity(1));
                    return new Run(
                            space, topic, topic.subscribe(Lag.WAIT), topic.subscribe(Lag.WAIT), new ArrayList<>());
                },
                run -> {
                    try (var group = TaskGroup.open()) {
                        group.start("publish", () -> numbers(0, 4).forEach(run.topic::publish));
                        group.start("one", () -> {
                            for (int i = 0; i < 4; i++) {
                                run.received.add(run.one.receive());
                                assertThat(run.two.receive()).isEqualTo(run.received.getLast());
                            }
                        });
                        group.join();
                    }
                },
                run -> {
                    run.received.addAll(rest(run.one));
                    assertThat(run.received).isEqualTo(numbers(0, run.received.size()));
                    rest(run.two);
                    run.topic.publish(99);
                    assertThat(run.one.receive()).isEqualTo(run.two.receive()).isEqualTo(99);
                    run.space.close();
                });
        assertThat(cancelled).isGreaterThan(10);
    }
}
