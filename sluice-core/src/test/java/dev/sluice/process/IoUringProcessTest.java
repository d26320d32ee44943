package dev.sluice.process;

import dev.sluice.loop.Backend;

class IoUringProcessTest extends KernelProcessContract {
    @Override
    Backend backend() {
        return Backend.IO_URING;
    }
}
