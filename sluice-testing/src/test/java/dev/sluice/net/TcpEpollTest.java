package dev.sluice.net;

import dev.sluice.loop.Backend;

class TcpEpollTest extends TcpConnectionContract {
    @Override
    Backend backend() {
        return Backend.EPOLL;
    }
}
