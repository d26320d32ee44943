package dev.sluice.process;

import dev.sluice.loop.Backend;

class EpollProcessTest extends KernelProcessContract {
    @Override
    Backend backend() {
        return Backend.EPOLL;
    }
}
