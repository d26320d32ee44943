package dev.sluice.bench.channel;

import java.util.List;

/// Two answer each other through two pipes, so that each waits for the other. An operation is one word: sent by
/// one, received by the other.
final class PingPong extends ChannelLoad {
    private final Pipe words;
    private final Pipe answers;

    PingPong(Library library, int capacity, Place place) {
        super(place);
        words = library.open(capacity);
        answers = library.open(capacity);
    }

    @Override
    public long run(long operations) throws Exception {
        return place.run(List.of(() -> ask(operations / 2)), List.of(() -> answer(operations / 2)));
    }

    private long ask(long rounds) throws InterruptedException {
        long sum = 0;
        for (long i = 0; i < rounds; i++) {
            words.send(Pipe.value(i));
            sum += answers.receive();
        }
        return sum;
    }

    private long answer(long rounds) throws InterruptedException {
        long sum = 0;
        for (long i = 0; i < rounds; i++) {
            Integer word = words.receive();
            answers.send(word);
            sum += word;
        }
        return sum;
    }
}
