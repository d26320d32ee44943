package dev.sluice.channel;

import dev.sluice.testing.ChannelContract;

class RendezvousChannelTest extends ChannelContract {
    @Override
    protected Channel<Integer> create() {
        return Channel.rendezvous();
    }

    @Override
    protected int capacity() {
        return 0;
    }
}
