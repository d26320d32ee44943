package dev.sluice.internal.shm;

import dev.sluice.testing.space.QueueContract;

class ShmQueueTest extends QueueContract {
    @Override
    protected String address(String name) {
        return "shm:sluice-test-" + name;
    }

    @Override
    protected void destroy(String tested) {
        Shared.destroy(tested);
    }
}
