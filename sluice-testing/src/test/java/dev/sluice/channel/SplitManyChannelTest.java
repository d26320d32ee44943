package dev.sluice.channel;

import dev.sluice.testing.ChannelContract;

class SplitManyChannelTest extends ChannelContract {
    @Override
    protected Channel<Integer> create() {
        return SplitChannel.buffered(200);
    }

    @Override
    protected int capacity() {
        return 200;
    }
}
