package dev.sluice.channel;

import dev.sluice.testing.ChannelContract;

class UnlimitedChannelTest extends ChannelContract {
    @Override
    protected Channel<Integer> create() {
        return Channel.unlimited();
    }

    @Override
    protected int capacity() {
        return Integer.MAX_VALUE;
    }
}
