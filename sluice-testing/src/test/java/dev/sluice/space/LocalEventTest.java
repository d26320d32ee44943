package dev.sluice.space;

import dev.sluice.testing.space.EventContract;

class LocalEventTest extends EventContract {
    @Override
    protected String address(String name) {
        return "local:" + name;
    }
}
