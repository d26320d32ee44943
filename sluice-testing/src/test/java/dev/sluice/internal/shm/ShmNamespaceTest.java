package dev.sluice.internal.shm;

import dev.sluice.testing.space.NamespaceContract;

class ShmNamespaceTest extends NamespaceContract {
    @Override
    protected String address(String name) {
        return "shm:sluice-test-" + name;
    }

    @Override
    protected void destroy(String tested) {
        Shared.destroy(tested);
    }
}
