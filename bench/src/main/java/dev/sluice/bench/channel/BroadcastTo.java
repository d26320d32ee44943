package dev.sluice.bench.channel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// One sends, four receive, each of them all values. An operation is one value sent, that is four received.
///
/// Ours and Kotlin's (`SharedFlow`) keep a value once and wait for the slowest; with the others the sender
/// sends to four pipes, one after the other.
final class BroadcastTo extends ChannelLoad {
    static final int RECEIVERS = 4;

    private final Library.Fan fan;

    BroadcastTo(Library library, int capacity, Place place) {
        super(place);
        fan = library.broadcast(RECEIVERS, capacity);
    }

    @Override
    public long run(long operations) throws Exception {
        List<Callable<Long>> receivers = new ArrayList<>();
        for (int i = 0; i < RECEIVERS; i++) {
            int me = i;
            receivers.add(() -> receive(me, operations));
        }
        return place.run(List.of(() -> send(operations)), receivers);
    }

    private long send(long operations) throws InterruptedException {
        for (long i = 0; i < operations; i++) {
            fan.send(Pipe.value(i));
        }
        return 0;
    }

    private long receive(int me, long operations) throws InterruptedException {
        long sum = 0;
        for (long i = 0; i < operations; i++) {
            sum += fan.receive(me);
        }
        return sum;
    }
}
