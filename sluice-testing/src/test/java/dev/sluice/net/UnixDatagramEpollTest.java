package dev.sluice.net;

import dev.sluice.loop.Backend;

class UnixDatagramEpollTest extends UnixDatagramContract {
    @Override
    Backend backend() {
        return Backend.EPOLL;
    }
}
