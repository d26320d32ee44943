package dev.sluice.net;

import dev.sluice.loop.Backend;

class TcpIoUringTest extends TcpConnectionContract {
    @Override
    Backend backend() {
        return Backend.IO_URING;
    }
}
