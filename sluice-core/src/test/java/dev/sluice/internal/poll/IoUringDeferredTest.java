package dev.sluice.internal.poll;

import dev.sluice.internal.poll.IoUringPoller.Setup;

/// The set of flags for Linux 6.1 to 6.5.
class IoUringDeferredTest extends IoUringPollerTest {
    @Override
    Setup setup() {
        return Setup.DEFERRED;
    }
}
