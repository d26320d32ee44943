package dev.sluice.channel;

import dev.sluice.testing.ChannelContract;

class SplitOneChannelTest extends ChannelContract {
    @Override
    protected Channel<Integer> create() {
        return SplitChannel.buffered(1);
    }

    @Override
    protected int capacity() {
        return 1;
    }
}
