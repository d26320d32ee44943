package dev.sluice.flow;

import java.util.concurrent.Flow;
import org.reactivestreams.tck.flow.FlowSubscriberBlackboxVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/// The kit's rules for subscribers, on [Bridge#subscriber], seen from outside. Run by [ReactiveStreamsTest].
public class TckBlackbox extends FlowSubscriberBlackboxVerification<Integer> {
    private TckRig rig;

    public TckBlackbox() {
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

    /// One whose values are received as they come.
    @Override
    public Flow.Subscriber<Integer> createFlowSubscriber() {
        return rig.call(() -> TckWhitebox.drained(rig.group()));
    }

    @Override
    public Integer createElement(int element) {
        return element;
    }
}
