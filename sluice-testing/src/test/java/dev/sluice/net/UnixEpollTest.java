package dev.sluice.net;

import dev.sluice.loop.Backend;

class UnixEpollTest extends UnixConnectionContract {
    @Override
    Backend backend() {
        return Backend.EPOLL;
    }
}
