package dev.sluice.bench.channel;

import java.util.Collections;
import java.util.List;

/// A hundred send into one pipe, one receives. An operation is one value.
final class FanIn extends ChannelLoad {
    static final int SENDERS = 100;

    private final Pipe pipe;

    FanIn(Library library, int capacity, Place place) {
        super(place);
        pipe = library.open(capacity);
    }

    @Override
    public long run(long operations) throws Exception {
        return place.run(
                Collections.nCopies(SENDERS, () -> Stream.send(pipe, operations / SENDERS)),
                List.of(() -> Stream.receive(pipe, operations)));
    }
}
