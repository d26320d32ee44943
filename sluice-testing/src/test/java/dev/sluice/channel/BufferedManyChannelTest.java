package dev.sluice.channel;

import dev.sluice.testing.ChannelContract;

class BufferedManyChannelTest extends ChannelContract {
    @Override
    protected Channel<Integer> create() {
        return Channel.buffered(64);
    }

    @Override
    protected int capacity() {
        return 64;
    }
}
