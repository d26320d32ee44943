package dev.sluice.flow;

import dev.sluice.channel.Channel;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/// The kit's rules for publishers, on [Bridge#publisher]. Run by [ReactiveStreamsTest].
public class TckPublisher extends FlowPublisherVerification<Long> {
    private TckRig rig;

    public TckPublisher() {
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

    @Override
    public Flow.Publisher<Long> createFlowPublisher(long elements) {
        return rig.call(() -> {
            Pipeline<Long> numbers = Pipeline.generate(out -> {
                for (long n = 0; n < elements; n++) {
                    out.yield(n);
                }
            });
            return Bridge.publisher(rig.group(), numbers.start(rig.group(), 16));
        });
    }

    /// One that has its subscriber already.
    @Override
    public Flow.Publisher<Long> createFailedFlowPublisher() {
        return rig.call(() -> {
            Flow.Publisher<Long> taken = Bridge.publisher(rig.group(), Channel.<Long>rendezvous());
            Bridge.receiver(rig.group(), taken, 1);
            return taken;
        });
    }
}
