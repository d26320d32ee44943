package dev.sluice.bench.channel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// Several send, each into a pipe of its own; one receives by a select over all the pipes. An operation is one
/// value.
///
/// Ours and Go's choose by chance among the pipes that have a value, and Sluice's takes the locks of all; Jox's
/// and Kotlin's select prefer the first.
final class SelectOf extends ChannelLoad {
    private final List<Pipe> pipes = new ArrayList<>();
    private final Library.Selection selection;
    private long sum; // the receiver

    SelectOf(int count, Library library, int capacity, Place place) {
        super(place);
        for (int i = 0; i < count; i++) {
            pipes.add(library.open(capacity));
        }
        selection = library.select(pipes, value -> sum += value);
    }

    @Override
    public long run(long operations) throws Exception {
        List<Callable<Long>> senders = new ArrayList<>();
        for (Pipe pipe : pipes) {
            senders.add(() -> Stream.send(pipe, operations / pipes.size()));
        }
        return place.run(senders, List.of(() -> receive(operations)));
    }

    private long receive(long operations) throws InterruptedException {
        sum = 0;
        for (long i = 0; i < operations; i++) {
            selection.await();
        }
        return sum;
    }
}
