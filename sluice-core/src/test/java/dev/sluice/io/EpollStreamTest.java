package dev.sluice.io;

import dev.sluice.loop.Backend;

class EpollStreamTest extends StreamContract {
    @Override
    Backend backend() {
        return Backend.EPOLL;
    }

    @Override
    boolean cancelsExactly() {
        return true;
    }
}
