package dev.sluice.space;

import dev.sluice.testing.space.ValueContract;

class LocalValueTest extends ValueContract {
    @Override
    protected String address(String name) {
        return "local:" + name;
    }
}
