package dev.sluice.net;

import dev.sluice.loop.Backend;

class HostileIoUringTest extends HostileContract {
    @Override
    Backend backend() {
        return Backend.IO_URING;
    }
}
