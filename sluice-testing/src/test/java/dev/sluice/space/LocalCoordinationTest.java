package dev.sluice.space;

import dev.sluice.testing.space.CoordinationContract;

class LocalCoordinationTest extends CoordinationContract {
    @Override
    protected String address(String name) {
        return "local:" + name;
    }
}
