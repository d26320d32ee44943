package dev.sluice.channel;

import dev.sluice.testing.ChannelContract;

class BufferedOneChannelTest extends ChannelContract {
    @Override
    protected Channel<Integer> create() {
        return Channel.buffered(1);
    }

    @Override
    protected int capacity() {
        return 1;
    }
}
