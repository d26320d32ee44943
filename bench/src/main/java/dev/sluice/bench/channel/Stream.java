package dev.sluice.bench.channel;

import java.util.List;

/// One sends, one receives, through a pipe that stays. An operation is one value.
///
/// What is handed over needs no allocation of any side. Ours and Kotlin's look for cancellation, and note what
/// a waiter waits for; Jox, Kotlin and Go can close a channel, the JDK's queues and asyncio's cannot.
final class Stream extends ChannelLoad {
    private final Pipe pipe;

    Stream(Library library, int capacity, Place place) {
        super(place);
        this.pipe = library.open(capacity);
    }

    @Override
    public long run(long operations) throws Exception {
        return place.run(List.of(() -> send(pipe, operations)), List.of(() -> receive(pipe, operations)));
    }

    static long send(Pipe pipe, long operations) throws InterruptedException {
        for (long i = 0; i < operations; i++) {
            pipe.send(Pipe.value(i));
        }
        return 0;
    }

    static long receive(Pipe pipe, long operations) throws InterruptedException {
        long sum = 0;
        for (long i = 0; i < operations; i++) {
            sum += pipe.receive();
        }
        return sum;
    }
}
