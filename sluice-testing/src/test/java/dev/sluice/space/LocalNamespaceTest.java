package dev.sluice.space;

import dev.sluice.testing.space.NamespaceContract;

class LocalNamespaceTest extends NamespaceContract {
    @Override
    protected String address(String name) {
        return "local:" + name;
    }
}
