package dev.sluice.net;

import dev.sluice.loop.Backend;

class UdpEpollTest extends UdpContract {
    @Override
    Backend backend() {
        return Backend.EPOLL;
    }
}
