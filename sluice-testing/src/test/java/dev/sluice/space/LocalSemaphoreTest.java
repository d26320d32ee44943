package dev.sluice.space;

import dev.sluice.testing.space.SemaphoreContract;

class LocalSemaphoreTest extends SemaphoreContract {
    @Override
    protected String address(String name) {
        return "local:" + name;
    }
}
