package dev.sluice.bench.channel;

import dev.sluice.channel.Broadcast;
import dev.sluice.channel.Channel;
import dev.sluice.channel.Clause;
import dev.sluice.channel.Select;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// Ours.
///
/// @param confined whether its channels are told that they are used by the loop alone on which they are opened
record SluiceLibrary(boolean confined) implements Library {
    private record OurPipe(Channel<Integer> channel) implements Pipe {
        @Override
        public void send(Integer value) {
            channel.send(value);
        }

        @Override
        public Integer receive() {
            return channel.receive();
        }
    }

    @Override
    public Pipe open(int capacity) {
        Channel<Integer> channel = switch (capacity) {
            case RENDEZVOUS -> Channel.rendezvous();
            case UNLIMITED -> Channel.unlimited();
            default -> Channel.buffered(capacity);
        };
        return new OurPipe(confined ? channel.confined() : channel);
    }

    @Override
    public Selection select(List<Pipe> pipes, Consumer<Integer> handler) {
        List<Clause<Void>> clauses = pipes.stream()
                .map(pipe -> ((OurPipe) pipe).channel().onReceive(handler))
                .toList();
        return Select.of(clauses)::await;
    }

    @Override
    public Fan broadcast(int receivers, int capacity) {
        Broadcast<Integer> broadcast = Broadcast.buffered(capacity);
        List<Broadcast.Subscription<Integer>> subscriptions = IntStream.range(0, receivers)
                .mapToObj(i -> broadcast.subscribe(Broadcast.Lag.WAIT))
                .toList();
        return new Fan() {
            @Override
            public void send(Integer value) {
                broadcast.send(value);
            }

            @Override
            public Integer receive(int receiver) {
                return subscriptions.get(receiver).receive();
            }
        };
    }
}
