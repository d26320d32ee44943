package dev.sluice.ranks;

import dev.sluice.testing.RankFailuresContract;

class LocalRankFailuresTest extends RankFailuresContract {
    @Override
    protected String address(String name) {
        return "local:" + name;
    }
}
