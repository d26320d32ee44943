package dev.sluice.net;

import dev.sluice.loop.Backend;

class TcpNioTest extends TcpConnectionContract {
    @Override
    Backend backend() {
        return Backend.NIO;
    }
}
