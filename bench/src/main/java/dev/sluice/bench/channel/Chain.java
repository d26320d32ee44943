package dev.sluice.bench.channel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// Ten thousand stages, each of which receives from the one before and sends to the next, all by rendezvous.
/// They are started, hand ten values through, and end. An operation is one value through one stage; the start
/// and the end of a stage are part of ten. Across loops each hand-over crosses from one loop to the other.
final class Chain extends ChannelLoad {
    static final int STAGES = 10_000;
    static final int VALUES = 10;
    static final long BATCH = (long) STAGES * VALUES;

    private final Pipe[] pipes = new Pipe[STAGES + 1];

    Chain(Library library, Place place) {
        super(place);
        for (int i = 0; i < pipes.length; i++) {
            pipes[i] = library.open(Library.RENDEZVOUS);
        }
    }

    @Override
    public long run(long operations) throws Exception {
        List<Callable<Long>> senders = new ArrayList<>();
        List<Callable<Long>> receivers = new ArrayList<>();
        senders.add(() -> Stream.send(pipes[0], VALUES));
        for (int i = 0; i < STAGES; i++) {
            Pipe left = pipes[i];
            Pipe right = pipes[i + 1];
            boolean atSenders = i % 2 == 1 && place.stagesAlternate();
            (atSenders ? senders : receivers).add(() -> pass(left, right));
        }
        receivers.add(() -> Stream.receive(pipes[STAGES], VALUES));
        long sum = 0;
        for (long done = 0; done < operations; done += BATCH) {
            sum += place.run(senders, receivers);
        }
        return sum;
    }

    private static long pass(Pipe left, Pipe right) throws InterruptedException {
        for (int i = 0; i < VALUES; i++) {
            right.send(left.receive());
        }
        return 0;
    }
}
