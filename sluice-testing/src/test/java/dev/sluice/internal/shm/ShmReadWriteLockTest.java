package dev.sluice.internal.shm;

import dev.sluice.testing.space.ReadWriteLockContract;

class ShmReadWriteLockTest extends ReadWriteLockContract {
    @Override
    protected String address(String name) {
        return "shm:sluice-test-" + name;
    }

    @Override
    protected void destroy(String tested) {
        Shared.destroy(tested);
    }
}
