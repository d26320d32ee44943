package dev.sluice.net;

import dev.sluice.loop.Backend;

class UnixNioTest extends UnixConnectionContract {
    @Override
    Backend backend() {
        return Backend.NIO;
    }
}
