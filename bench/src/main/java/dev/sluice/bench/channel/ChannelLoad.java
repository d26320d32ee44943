package dev.sluice.bench.channel;

import dev.sluice.bench.Load;

/// A load in some place.
abstract class ChannelLoad implements Load {
    final Place place;

    ChannelLoad(Place place) {
        this.place = place;
    }

    @Override
    public final void close() {
        place.close();
    }
}
