package dev.sluice.net;

import dev.sluice.loop.Backend;

class UnixIoUringTest extends UnixConnectionContract {
    @Override
    Backend backend() {
        return Backend.IO_URING;
    }
}
