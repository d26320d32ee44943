package dev.sluice.channel;

import dev.sluice.testing.ChannelContract;

class PriorityChannelTest extends ChannelContract {
    @Override
    protected Channel<Integer> create() {
        return Channel.priority(16, Integer::longValue);
    }

    @Override
    protected int capacity() {
        return 16;
    }
}
