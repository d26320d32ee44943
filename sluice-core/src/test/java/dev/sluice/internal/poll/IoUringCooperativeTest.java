package dev.sluice.internal.poll;

import dev.sluice.internal.poll.IoUringPoller.Setup;

/// The set of flags for Linux 5.19 to 6.0.
class IoUringCooperativeTest extends IoUringPollerTest {
    @Override
    Setup setup() {
        return Setup.COOPERATIVE;
    }
}
