package dev.sluice.net;

import dev.sluice.loop.Backend;

class PipedIoUringTest extends PipedConnectionContract {
    @Override
    Backend backend() {
        return Backend.IO_URING;
    }
}
