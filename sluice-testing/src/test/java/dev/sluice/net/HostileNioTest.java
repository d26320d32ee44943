package dev.sluice.net;

import dev.sluice.loop.Backend;

class HostileNioTest extends HostileContract {
    @Override
    Backend backend() {
        return Backend.NIO;
    }
}
