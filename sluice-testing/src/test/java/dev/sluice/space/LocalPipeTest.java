package dev.sluice.space;

import dev.sluice.testing.space.PipeContract;

class LocalPipeTest extends PipeContract {
    @Override
    protected String address(String name) {
        return "local:" + name;
    }
}
