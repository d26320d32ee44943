package dev.sluice.io;

import dev.sluice.loop.Backend;

class NioStreamTest extends StreamContract {
    @Override
    Backend backend() {
        return Backend.NIO;
    }

    @Override
    boolean cancelsExactly() {
        return false;
    }
}
