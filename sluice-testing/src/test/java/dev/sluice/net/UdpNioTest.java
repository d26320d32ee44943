package dev.sluice.net;

import dev.sluice.loop.Backend;

class UdpNioTest extends UdpContract {
    @Override
    Backend backend() {
        return Backend.NIO;
    }
}
