package dev.sluice.space;

import dev.sluice.testing.space.LockContract;

class LocalLockTest extends LockContract {
    @Override
    protected String address(String name) {
        return "local:" + name;
    }
}
