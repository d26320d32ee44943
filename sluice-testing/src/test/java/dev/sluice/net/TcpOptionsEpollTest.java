package dev.sluice.net;

import dev.sluice.loop.Backend;

class TcpOptionsEpollTest extends TcpOptionsContract {
    @Override
    Backend backend() {
        return Backend.EPOLL;
    }
}
