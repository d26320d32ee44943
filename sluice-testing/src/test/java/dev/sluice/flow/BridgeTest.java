package dev.sluice.flow;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelFailedException;
import dev.sluice.channel.Receiver;
import dev.sluice.task.CancelScope;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Cancellations;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Streams and publishers at either end of a receiver.
@Tag("needs-opens")
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BridgeTest {
    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private static Channel<Integer> filled(int count) {
        Channel<Integer> channel = Channel.buffered(count);
        numbers(count).forEach(channel::send);
        channel.close();
        return channel;
    }

    /// Records what it gets, and asks for it itself.
    private static class Recorder implements Flow.Subscriber<Integer> {
        final List<Object> got = new ArrayList<>();
        final AtomicReference<Flow.Subscription> subscription = new AtomicReference<>();

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription.set(given);
        }

        @Override
        public void onNext(Integer value) {
            got.add(value);
        }

        @Override
        public void onError(Throwable failure) {
            got.add(failure);
        }

        @Override
        public void onComplete() {
            got.add("complete");
        }
    }

    @Simulated(seeds = 10)
    void aStreamTakesNoMoreThanIsWanted() {
        Channel<Integer> channel = filled(10);
        assertThat(Bridge.stream(channel).map(n -> n * 2).limit(3).toList()).containsExactly(0, 2, 4);
        assertThat(channel.receive()).isEqualTo(3);
        try (Stream<Integer> rest = Bridge.stream(channel)) {
            assertThat(rest.findFirst()).contains(4);
        }
        assertThat(channel.iterator().hasNext()).isFalse();
    }

    @Simulated(seeds = 10)
    void aPipelineIsAStreamThatCanBeClosed() {
        List<String> seen = new ArrayList<>();
        Pipeline<Integer> endless = Pipeline.generate(out -> {
            try {
                for (int n = 0; ; n++) {
                    seen.add("made " + n);
                    out.yield(n);
                }
            } finally {
                seen.add("finally");
            }
        });
        try (Stream<Integer> stream = endless.map(n -> n + 1).stream()) {
            assertThat(stream.limit(2)).containsExactly(1, 2);
        }
        assertThat(seen).containsExactly("made 0", "made 1", "finally");
    }

    @Simulated(seeds = 10)
    void aStreamIsASourceAndIsClosed() {
        List<String> seen = new ArrayList<>();
        Pipeline<Integer> source = Pipeline.of(numbers(100).stream().onClose(() -> seen.add("closed")));
        assertThat(source.filter(n -> n % 2 == 1).limit(2).toList()).containsExactly(1, 3);
        assertThat(seen).containsExactly("closed");
        assertThatThrownBy(source::toList).isInstanceOf(StageFailedException.class);
    }

    @Simulated(seeds = 20)
    void aPublisherDeliversWhatIsRequested() {
        var recorder = new Recorder();
        try (var group = TaskGroup.open()) {
            Channel<Integer> channel = filled(5);
            Bridge.publisher(group, channel).subscribe(recorder);
            Simulation.awaitAllBlocked();
            Flow.Subscription subscription = recorder.subscription.get();
            assertThat(recorder.got).isEmpty();
            subscription.request(2);
            Simulation.awaitAllBlocked();
            assertThat(recorder.got).containsExactly(0, 1);
            assertThat(channel.tryReceive()).asString().contains("2");
            subscription.request(Long.MAX_VALUE);
            subscription.request(Long.MAX_VALUE);
            group.join();
        }
        assertThat(recorder.got).containsExactly(0, 1, 3, 4, "complete");
    }

    @Simulated(seeds = 20)
    void aCancelledSubscriptionLeavesTheRest() {
        Channel<Integer> channel = filled(5);
        var recorder = new Recorder() {
            @Override
            public void onNext(Integer value) {
                super.onNext(value);
                if (value == 1) {
                    subscription.get().cancel();
                    Sluice.sleep(ofMillis(1)); // and is not interrupted
                }
            }
        };
        try (var group = TaskGroup.open()) {
            Bridge.publisher(group, channel).subscribe(recorder);
            Simulation.awaitAllBlocked();
            recorder.subscription.get().request(5);
            group.join();
        }
        assertThat(recorder.got).containsExactly(0, 1);
        assertThat(channel).containsExactly(2, 3, 4);
    }

    @Simulated(seeds = 10)
    void failuresGoThrough() {
        Channel<Integer> channel = Channel.buffered(3);
        channel.send(7);
        channel.fail(new IOException("gone"));
        try (var group = TaskGroup.open()) {
            Receiver<Integer> out = Bridge.receiver(group, Bridge.publisher(group, channel), 4);
            assertThat(out.receive()).isEqualTo(7);
            assertThatThrownBy(out::receive)
                    .isInstanceOf(ChannelFailedException.class)
                    .hasRootCauseMessage("gone");
            group.join();
        }
    }

    @Simulated(seeds = 10)
    void onlyOneSubscriberIsServed() {
        var second = new Recorder();
        var late = new Recorder();
        Flow.Publisher<Integer> publisher;
        Flow.Publisher<Integer> unused;
        try (var group = TaskGroup.open()) {
            publisher = Bridge.publisher(group, filled(1));
            unused = Bridge.publisher(group, filled(1));
            Receiver<Integer> out = Bridge.receiver(group, publisher, 1);
            publisher.subscribe(second);
            assertThat(out.receive()).isZero();
            group.join();
        }
        assertThat(second.got).singleElement().asString().contains("it has a subscriber already");
        unused.subscribe(late);
        assertThat(late.got).singleElement().asString().contains("has been joined or closed");
    }

    @Simulated(seeds = 10)
    void theEndOfItsGroupIsTheSubscribersError() {
        var recorder = new Recorder();
        CancelScope.run(scope -> {
            try (var group = TaskGroup.open()) {
                Bridge.publisher(group, Channel.<Integer>rendezvous()).subscribe(recorder);
                Simulation.awaitAllBlocked();
                recorder.subscription.get().request(1);
                Simulation.awaitAllBlocked();
                scope.cancel("enough");
                group.join();
            }
        });
        assertThat(recorder.got).singleElement().isInstanceOf(CancelledException.class);
    }

    @Simulated(seeds = 10)
    void aPublisherThatSendsTooMuchIsCancelled() {
        try (var group = TaskGroup.open()) {
            List<String> calls = new ArrayList<>();
            Receiver<Integer> out = Bridge.receiver(
                    group,
                    (Flow.Publisher<Integer>) subscriber -> {
                        subscriber.onSubscribe(new Flow.Subscription() {
                            @Override
                            public void request(long count) {
                                calls.add("request " + count);
                            }

                            @Override
                            public void cancel() {
                                calls.add("cancel");
                            }
                        });
                        numbers(3).forEach(subscriber::onNext);
                    },
                    2);
            assertThat(List.of(out.receive(), out.receive())).containsExactly(0, 1);
            assertThatThrownBy(out::receive)
                    .hasRootCauseMessage("onNext of subscriber: more values than requested, expected at most 2");
            group.join();
            assertThat(calls).containsExactly("request 2", "cancel");
        }
    }

    @Simulated(seeds = 10)
    void aSilentPublisherIsCancelledAtOnce() {
        try (var group = TaskGroup.open()) {
            List<String> calls = new ArrayList<>();
            Receiver<Integer> out = Bridge.receiver(
                    group,
                    (Flow.Publisher<Integer>) subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
                        @Override
                        public void request(long count) {}

                        @Override
                        public void cancel() {
                            calls.add("cancel");
                        }
                    }),
                    4);
            Simulation.awaitAllBlocked();
            assertThat(calls).isEmpty();
            out.cancel(value -> {});
            group.join(); // its task has ended
            assertThat(calls).containsExactly("cancel");
        }
    }

    @Simulated(seeds = 10)
    void aPublisherThatRefusesLeavesNoTaskBehind() {
        try (var group = TaskGroup.open()) {
            Flow.Publisher<Integer> refuses = _ -> {
                throw new IllegalStateException("sold out");
            };
            assertThatThrownBy(() -> Bridge.receiver(group, refuses, 4)).hasMessage("sold out");
            group.join(); // does not wait for a subscription
        }
    }

    @Simulated(seeds = 10)
    void cancellingTheReceiverCancelsTheSubscription() {
        try (var group = TaskGroup.open()) {
            Channel<Integer> channel = filled(100);
            Receiver<Integer> out = Bridge.receiver(group, Bridge.publisher(group, channel), 8);
            assertThat(out.receive()).isZero();
            out.cancel(value -> {});
            group.join();
            assertThat(channel.receive()).isBetween(1, 20);
        }
    }

    @Simulated(seeds = 100)
    void randomDemandLosesNothing(Simulation simulation) {
        RandomGenerator random = simulation.random();
        int count = random.nextInt(100);
        try (var group = TaskGroup.open()) {
            Receiver<Integer> in = Pipeline.of(numbers(count)).start(group, random.nextInt(1, 5));
            Receiver<Integer> out = Bridge.receiver(group, Bridge.publisher(group, in), random.nextInt(1, 10));
            List<Integer> got = new ArrayList<>();
            for (int n : out) {
                got.add(n);
                if (random.nextInt(4) == 0) {
                    Sluice.sleep(ofMillis(random.nextInt(5)));
                }
            }
            group.join();
            assertThat(got).isEqualTo(numbers(count));
        }
    }

    @Test
    void cancelledAnywhereBothSidesEnd() throws Exception {
        Cancellations.atEverySuspension(
                () -> filled(10),
                channel -> {
                    try (var group = TaskGroup.open()) {
                        Receiver<Integer> out = Bridge.receiver(group, Bridge.publisher(group, channel), 3);
                        List<Integer> got = new ArrayList<>();
                        out.forEach(got::add);
                        assertThat(got).isEqualTo(numbers(10));
                        group.join();
                    }
                },
                channel -> channel.cancel(value -> {}));
    }

    @Test
    void thePublisherOfTheJdkWithThreadsOfItsOwn() {
        Sluice.run(() -> {
            var publisher = new SubmissionPublisher<Integer>();
            try (var group = TaskGroup.open()) {
                Receiver<Integer> out = Bridge.receiver(group, publisher, 16);
                group.start(
                        "submit",
                        () -> Sluice.offload(() -> {
                            numbers(10_000).forEach(publisher::submit);
                            publisher.close();
                        }));
                List<Integer> got = new ArrayList<>();
                out.forEach(got::add);
                group.join();
                assertThat(got).isEqualTo(numbers(10_000));
            }
        });
    }

    @Test
    void aSubscriberMayComeOnAnyThread() throws Exception {
        Sluice.run(() -> {
            var recorder = new Recorder();
            var complete = new CountDownLatch(1);
            try (var group = TaskGroup.open()) {
                Flow.Publisher<Integer> publisher = Bridge.publisher(group, filled(1000));
                Sluice.offload(() -> publisher.subscribe(new Recorder() {
                    @Override
                    public void onSubscribe(Flow.Subscription given) {
                        Thread.ofPlatform().start(() -> {
                            for (int i = 0; i <= 1000; i++) {
                                given.request(1);
                            }
                        });
                    }

                    @Override
                    public void onNext(Integer value) {
                        recorder.onNext(value);
                    }

                    @Override
                    public void onComplete() {
                        complete.countDown();
                    }
                }));
                group.join();
            }
            assertThat(complete.await(ofSeconds(30).toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(recorder.got).hasSize(1000);
        });
    }
}
