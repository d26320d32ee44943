package dev.sluice.internal.poll;

import dev.sluice.internal.poll.IoUringPoller.Setup;

/// The set of flags for Linux 5.13 to 5.18.
class IoUringPlainTest extends IoUringPollerTest {
    @Override
    Setup setup() {
        return Setup.PLAIN;
    }
}
