package dev.sluice.net;

import dev.sluice.loop.Backend;

class ServingIoUringTest extends ServingContract {
    @Override
    Backend backend() {
        return Backend.IO_URING;
    }
}
