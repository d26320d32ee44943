package dev.sluice.internal.poll;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.DescriptorLeaks;
import org.junit.jupiter.api.extension.ExtendWith;

/// The contract where the kernel makes more work of it; with small rings, so that the backlog is used.
@ExtendWith(DescriptorLeaks.class)
class IoUringOldKernelTest extends RandomContract {
    private static final int SUBMISSIONS = 4;

    @Override
    Poller create(PollerConfig config) throws Exception {
        CallState state = new CallState();
        var small = new PollerConfig(SUBMISSIONS, config.completions(), config.maxOperations());
        return IoUringPoller.over(new OldKernelRing(state, small), state, small);
    }

    @Override
    String name() {
        return "io_uring";
    }
}
