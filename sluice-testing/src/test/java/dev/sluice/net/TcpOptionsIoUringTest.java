package dev.sluice.net;

import dev.sluice.loop.Backend;

class TcpOptionsIoUringTest extends TcpOptionsContract {
    @Override
    Backend backend() {
        return Backend.IO_URING;
    }
}
