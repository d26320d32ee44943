package dev.sluice.space;

import dev.sluice.testing.space.CounterContract;

class LocalCounterTest extends CounterContract {
    @Override
    protected String address(String name) {
        return "local:" + name;
    }
}
