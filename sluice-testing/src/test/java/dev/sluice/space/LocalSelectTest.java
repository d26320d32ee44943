package dev.sluice.space;

import dev.sluice.testing.space.SelectContract;

class LocalSelectTest extends SelectContract {
    @Override
    protected String address(String name) {
        return "local:" + name;
    }
}
