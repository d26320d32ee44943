package dev.sluice.net;

import dev.sluice.loop.Backend;

class UnixDatagramIoUringTest extends UnixDatagramContract {
    @Override
    Backend backend() {
        return Backend.IO_URING;
    }
}
