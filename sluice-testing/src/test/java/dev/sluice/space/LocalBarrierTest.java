package dev.sluice.space;

import dev.sluice.testing.space.BarrierContract;

class LocalBarrierTest extends BarrierContract {
    @Override
    protected String address(String name) {
        return "local:" + name;
    }
}
