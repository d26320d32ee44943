package dev.sluice.process;

import dev.sluice.loop.Backend;

class NioProcessTest extends ProcessContract {
    @Override
    Backend backend() {
        return Backend.NIO;
    }

    @Override
    boolean kernel() {
        return false;
    }
}
