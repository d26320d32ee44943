package dev.sluice.space;

import dev.sluice.testing.space.QueueChaosContract;

class LocalQueueChaosTest extends QueueChaosContract {
    @Override
    protected String address(String name) {
        return "local:" + name;
    }
}
