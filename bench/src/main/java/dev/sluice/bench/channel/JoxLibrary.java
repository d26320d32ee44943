package dev.sluice.bench.channel;

import com.softwaremill.jox.Channel;
import com.softwaremill.jox.Select;
import com.softwaremill.jox.SelectClause;
import java.util.List;
import java.util.function.Consumer;

/// Jox. Its select prefers the clauses in their order, and its clauses are made once, as ours.
final class JoxLibrary implements Library {
    private record JoxPipe(Channel<Integer> channel) implements Pipe {
        @Override
        public void send(Integer value) throws InterruptedException {
            channel.send(value);
        }

        @Override
        public Integer receive() throws InterruptedException {
            return channel.receive();
        }
    }

    @Override
    public Pipe open(int capacity) {
        return new JoxPipe(
                switch (capacity) {
                    case RENDEZVOUS -> Channel.newRendezvousChannel();
                    case UNLIMITED -> Channel.newUnlimitedChannel();
                    default -> Channel.newBufferedChannel(capacity);
                });
    }

    @Override
    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of generics, filled right here
    public Selection select(List<Pipe> pipes, Consumer<Integer> handler) {
        SelectClause<Integer>[] clauses = pipes.stream()
                .map(pipe -> ((JoxPipe) pipe).channel().receiveClause(value -> {
                    handler.accept(value);
                    return value;
                }))
                .toArray(SelectClause[]::new);
        return () -> Select.select(clauses);
    }
}
