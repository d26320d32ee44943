package dev.sluice.space;

import dev.sluice.testing.space.ReadWriteLockContract;

class LocalReadWriteLockTest extends ReadWriteLockContract {
    @Override
    protected String address(String name) {
        return "local:" + name;
    }
}
