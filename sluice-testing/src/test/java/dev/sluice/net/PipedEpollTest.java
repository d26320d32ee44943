package dev.sluice.net;

import dev.sluice.loop.Backend;

class PipedEpollTest extends PipedConnectionContract {
    @Override
    Backend backend() {
        return Backend.EPOLL;
    }
}
