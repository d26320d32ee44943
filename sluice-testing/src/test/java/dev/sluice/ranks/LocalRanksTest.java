package dev.sluice.ranks;

import dev.sluice.testing.RanksContract;

class LocalRanksTest extends RanksContract {
    @Override
    protected String address(String name) {
        return "local:" + name;
    }
}
