package dev.sluice.net;

import dev.sluice.loop.Backend;

class HostileEpollTest extends HostileContract {
    @Override
    Backend backend() {
        return Backend.EPOLL;
    }
}
