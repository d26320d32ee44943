package dev.sluice.net;

import dev.sluice.loop.Backend;

class PipedNioTest extends PipedConnectionContract {
    @Override
    Backend backend() {
        return Backend.NIO;
    }
}
