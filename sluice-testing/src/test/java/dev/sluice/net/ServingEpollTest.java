package dev.sluice.net;

import dev.sluice.loop.Backend;

class ServingEpollTest extends ServingContract {
    @Override
    Backend backend() {
        return Backend.EPOLL;
    }
}
