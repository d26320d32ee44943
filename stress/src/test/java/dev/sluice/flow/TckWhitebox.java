package dev.sluice.flow;

import dev.sluice.channel.Received;
import dev.sluice.task.TaskGroup;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.flow.FlowSubscriberWhiteboxVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/// The kit's rules for subscribers, on [Bridge#subscriber], with a probe inside. Run by [ReactiveStreamsTest].
public class TckWhitebox extends FlowSubscriberWhiteboxVerification<Integer> {
    private static final int CAPACITY = 16;

    private TckRig rig;

    public TckWhitebox() {
        super(TckRig.environment());
    }

    @BeforeClass
    public void open() {
        rig = new TckRig();
    }

    @AfterClass
    public void end() throws Exception {
        rig.end();
    }

    static Bridge.Inlet<Integer> drained(TaskGroup<?, ?> group) {
        Bridge.Inlet<Integer> inlet = Bridge.subscriber(group, CAPACITY);
        group.start("drain", () -> {
            while (inlet.values().receiveOrEnd() instanceof Received.Value<Integer>) {}
        });
        return inlet;
    }

    @Override
    protected Flow.Subscriber<Integer> createFlowSubscriber(WhiteboxSubscriberProbe<Integer> probe) {
        return rig.call(() -> new Probed(drained(rig.group()), probe));
    }

    @Override
    public Integer createElement(int element) {
        return element;
    }

    /// Tells the probe of each signal, before or after the subscriber has it, as the kit asks for.
    private record Probed(Bridge.Inlet<Integer> inlet, WhiteboxSubscriberProbe<Integer> probe)
            implements Flow.Subscriber<Integer> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            inlet.onSubscribe(subscription);
            probe.registerOnSubscribe(new SubscriberPuppet() {
                @Override
                public void triggerRequest(long elements) {
                    // It has requested by itself, as many as it can hold.
                }

                @Override
                public void signalCancel() {
                    subscription.cancel();
                }
            });
        }

        @Override
        public void onNext(Integer value) {
            inlet.onNext(value);
            probe.registerOnNext(value);
        }

        @Override
        public void onError(Throwable failure) {
            inlet.onError(failure);
            probe.registerOnError(failure);
        }

        @Override
        public void onComplete() {
            inlet.onComplete();
            probe.registerOnComplete();
        }
    }
}
