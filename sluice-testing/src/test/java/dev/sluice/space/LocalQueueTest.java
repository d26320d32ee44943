package dev.sluice.space;

import dev.sluice.testing.space.QueueContract;

class LocalQueueTest extends QueueContract {
    @Override
    protected String address(String name) {
        return "local:" + name;
    }
}
