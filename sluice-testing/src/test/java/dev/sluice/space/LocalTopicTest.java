package dev.sluice.space;

import dev.sluice.testing.space.TopicContract;

class LocalTopicTest extends TopicContract {
    @Override
    protected String address(String name) {
        return "local:" + name;
    }
}
