package dev.sluice.channel;

import dev.sluice.testing.ChannelContract;

class LatestChannelTest extends ChannelContract {
    @Override
    protected Channel<Integer> create() {
        return Channel.latest();
    }

    @Override
    protected int capacity() {
        return 1;
    }

    @Override
    protected boolean givesUpOld() {
        return true;
    }
}
