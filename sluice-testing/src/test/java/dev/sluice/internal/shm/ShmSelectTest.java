package dev.sluice.internal.shm;

import dev.sluice.testing.space.SelectContract;

class ShmSelectTest extends SelectContract {
    @Override
    protected String address(String name) {
        return "shm:sluice-test-" + name;
    }

    @Override
    protected void destroy(String tested) {
        Shared.destroy(tested);
    }

    @Override
    protected boolean inVirtualTime() {
        return false;
    }
}
