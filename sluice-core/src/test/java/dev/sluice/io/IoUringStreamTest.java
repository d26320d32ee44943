package dev.sluice.io;

import dev.sluice.loop.Backend;

class IoUringStreamTest extends StreamContract {
    @Override
    Backend backend() {
        return Backend.IO_URING;
    }

    @Override
    boolean cancelsExactly() {
        return true;
    }
}
