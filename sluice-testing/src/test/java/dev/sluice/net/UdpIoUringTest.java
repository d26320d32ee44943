package dev.sluice.net;

import dev.sluice.loop.Backend;

class UdpIoUringTest extends UdpContract {
    @Override
    Backend backend() {
        return Backend.IO_URING;
    }
}
